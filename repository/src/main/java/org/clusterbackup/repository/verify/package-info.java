/** Finds every byte of a repository that is not what somebody entitled signed. */
@NullMarked
package org.clusterbackup.repository.verify;

import org.jspecify.annotations.NullMarked;
