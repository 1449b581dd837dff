/** Keys, signatures and sealing: what a provider or a thief of the cluster must not get past. */
@NullMarked
package org.clusterbackup.repository.crypto;

import org.jspecify.annotations.NullMarked;
