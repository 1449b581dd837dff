/** Whose turn it is in a replica set. */
@NullMarked
package org.clusterbackup.brickagent.cluster;

import org.jspecify.annotations.NullMarked;
