/** The files of a Gluster volume, out of dumps of its bricks. */
@NullMarked
package org.clusterbackup.cli.volume;

import org.jspecify.annotations.NullMarked;
