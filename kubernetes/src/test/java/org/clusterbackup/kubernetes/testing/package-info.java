/** A real API server, for this and other modules' tests. */
@NullMarked
package org.clusterbackup.kubernetes.testing;

import org.jspecify.annotations.NullMarked;
