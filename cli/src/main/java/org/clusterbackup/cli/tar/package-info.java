/** Trees as tar archives: made and unpacked by GNU tar, which keeps everything; what is hostile never reaches it. */
@NullMarked
package org.clusterbackup.cli.tar;

import org.jspecify.annotations.NullMarked;
