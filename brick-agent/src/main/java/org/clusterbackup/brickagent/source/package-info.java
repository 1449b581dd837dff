/** What this node can back up, found anew each time it is asked. */
@NullMarked
package org.clusterbackup.brickagent.source;

import org.jspecify.annotations.NullMarked;
