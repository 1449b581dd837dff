/** What the scheduler shows. */
@NullMarked
package org.clusterbackup.scheduler.page;

import org.jspecify.annotations.NullMarked;
