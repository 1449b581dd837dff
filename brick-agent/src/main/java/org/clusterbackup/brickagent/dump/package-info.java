/** A live XFS file system as one proved stream. */
@NullMarked
package org.clusterbackup.brickagent.dump;

import org.jspecify.annotations.NullMarked;
