@NullMarked
package org.clusterbackup.brickagent.request;

import org.jspecify.annotations.NullMarked;
