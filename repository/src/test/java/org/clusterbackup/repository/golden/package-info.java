/** Repositories of released formats, kept for ever. */
@NullMarked
package org.clusterbackup.repository.golden;

import org.jspecify.annotations.NullMarked;
