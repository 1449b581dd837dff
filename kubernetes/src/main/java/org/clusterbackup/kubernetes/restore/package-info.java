/** Objects of an archive on their way back into a cluster. Nothing is ever deleted there. */
@NullMarked
package org.clusterbackup.kubernetes.restore;

import org.jspecify.annotations.NullMarked;
