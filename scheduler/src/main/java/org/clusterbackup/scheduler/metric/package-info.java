/** What the scheduler measures of the whole system, as values of metrics: no clock, no I/O. */
@NullMarked
package org.clusterbackup.scheduler.metric;

import org.jspecify.annotations.NullMarked;
