@NullMarked
package org.clusterbackup.scheduler.metric;

import org.jspecify.annotations.NullMarked;
