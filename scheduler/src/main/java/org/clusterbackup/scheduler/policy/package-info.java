/** When backups are wanted. */
@NullMarked
package org.clusterbackup.scheduler.policy;

import org.jspecify.annotations.NullMarked;
