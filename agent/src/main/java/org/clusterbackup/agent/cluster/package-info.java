/** What other agents say, and whether a source may go now. */
@NullMarked
package org.clusterbackup.agent.cluster;

import org.jspecify.annotations.NullMarked;
