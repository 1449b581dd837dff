@NullMarked
package org.clusterbackup.cli.estimate;

import org.jspecify.annotations.NullMarked;
