/** What became of the runs, folded from events. */
@NullMarked
package org.clusterbackup.scheduler.run;

import org.jspecify.annotations.NullMarked;
