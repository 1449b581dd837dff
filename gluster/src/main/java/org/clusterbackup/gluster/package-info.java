/** What a Gluster server knows of itself, read from glusterd's own state files: no gluster program is needed. */
@NullMarked
package org.clusterbackup.gluster;

import org.jspecify.annotations.NullMarked;
