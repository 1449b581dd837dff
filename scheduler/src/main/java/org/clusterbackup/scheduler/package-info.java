/** Cron policies become requests, events become runs, runs become recovery points that are due. */
@NullMarked
package org.clusterbackup.scheduler;

import org.jspecify.annotations.NullMarked;
