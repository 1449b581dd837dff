/** What consumer groups still owe, and whether somebody works on it. */
@NullMarked
package org.clusterbackup.scheduler.owed;

import org.jspecify.annotations.NullMarked;
