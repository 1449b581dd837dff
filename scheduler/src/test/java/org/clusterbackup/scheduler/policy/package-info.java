@NullMarked
package org.clusterbackup.scheduler.policy;

import org.jspecify.annotations.NullMarked;
