/** The place that a restore writes to: whether it is what it must be, asked before a byte is written. */
@NullMarked
package org.clusterbackup.cli.place;

import org.jspecify.annotations.NullMarked;
