/** Drills: restores of a recovery point that nobody needed, and the signed reports that they leave at the target. */
@NullMarked
package org.clusterbackup.repository.drill;

import org.jspecify.annotations.NullMarked;
