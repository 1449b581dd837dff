@NullMarked
package org.clusterbackup.brickagent;

import org.jspecify.annotations.NullMarked;
