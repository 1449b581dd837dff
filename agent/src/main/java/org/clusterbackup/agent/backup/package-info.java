/** One source, one request, one artifact. */
@NullMarked
package org.clusterbackup.agent.backup;

import org.jspecify.annotations.NullMarked;
