/** What log lines are made of for programs. */
@NullMarked
package org.clusterbackup.service.log;

import org.jspecify.annotations.NullMarked;
