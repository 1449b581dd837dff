/** The few calls of the C library that Java has no API for. */
@NullMarked
package org.clusterbackup.brickagent.linux;

import org.jspecify.annotations.NullMarked;
