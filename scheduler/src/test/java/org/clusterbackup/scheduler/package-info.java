@NullMarked
package org.clusterbackup.scheduler;

import org.jspecify.annotations.NullMarked;
