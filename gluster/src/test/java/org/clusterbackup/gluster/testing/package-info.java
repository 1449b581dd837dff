/** What real glusterds wrote, for tests. */
@NullMarked
package org.clusterbackup.gluster.testing;

import org.jspecify.annotations.NullMarked;
