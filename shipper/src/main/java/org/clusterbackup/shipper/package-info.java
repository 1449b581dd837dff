/**
 * Brings what is committed in staging to one target, proves it there, and enters recovery points in the target's
 * ledger. Blind: it holds no key that opens anything.
 */
@NullMarked
package org.clusterbackup.shipper;

import org.jspecify.annotations.NullMarked;
