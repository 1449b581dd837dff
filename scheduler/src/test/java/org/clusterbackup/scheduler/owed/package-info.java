@NullMarked
package org.clusterbackup.scheduler.owed;

import org.jspecify.annotations.NullMarked;
