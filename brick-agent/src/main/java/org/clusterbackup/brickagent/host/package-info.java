/** What a rebuilt node needs beside its bricks, as one proved tar stream. */
@NullMarked
package org.clusterbackup.brickagent.host;

import org.jspecify.annotations.NullMarked;
