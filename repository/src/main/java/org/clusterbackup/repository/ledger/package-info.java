/** A target's ledger: a signed chain of what happened there, in which a roll-back or a quiet deletion shows. */
@NullMarked
package org.clusterbackup.repository.ledger;

import org.jspecify.annotations.NullMarked;
