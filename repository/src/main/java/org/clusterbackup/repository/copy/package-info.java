/** From staging to a target: blind copying, proof, commit. */
@NullMarked
package org.clusterbackup.repository.copy;

import org.jspecify.annotations.NullMarked;
