/** Cutting streams by content, naming the pieces, and finding them again in bounded memory. */
@NullMarked
package org.clusterbackup.repository.chunk;

import org.jspecify.annotations.NullMarked;
