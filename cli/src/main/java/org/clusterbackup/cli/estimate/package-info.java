/** What backups take and will take: sizes, times, growth, and what a policy keeps of them. */
@NullMarked
package org.clusterbackup.cli.estimate;

import org.jspecify.annotations.NullMarked;
