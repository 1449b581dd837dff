@NullMarked
package org.clusterbackup.scheduler.staging;

import org.jspecify.annotations.NullMarked;
