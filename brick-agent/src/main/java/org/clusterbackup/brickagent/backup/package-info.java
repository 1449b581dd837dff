/** One source, one request, one artifact. */
@NullMarked
package org.clusterbackup.brickagent.backup;

import org.jspecify.annotations.NullMarked;
