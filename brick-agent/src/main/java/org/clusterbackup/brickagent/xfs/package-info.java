/** From a brick's path to the file system that holds it, with a plain word when it is not what it should be. */
@NullMarked
package org.clusterbackup.brickagent.xfs;

import org.jspecify.annotations.NullMarked;
