/** Every object of a cluster as one stream. */
@NullMarked
package org.clusterbackup.kubernetes.dump;

import org.jspecify.annotations.NullMarked;
