/** Artifacts: what one run kept of one source, how it is written, found and read. */
@NullMarked
package org.clusterbackup.repository.artifact;

import org.jspecify.annotations.NullMarked;
