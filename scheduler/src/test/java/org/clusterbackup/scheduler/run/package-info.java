@NullMarked
package org.clusterbackup.scheduler.run;

import org.jspecify.annotations.NullMarked;
