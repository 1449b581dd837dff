/** A glusterd's working directory under other host names, addresses and brick paths. */
@NullMarked
package org.clusterbackup.gluster.migrate;

import org.jspecify.annotations.NullMarked;
