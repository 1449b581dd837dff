@NullMarked
package org.clusterbackup.cli;

import org.jspecify.annotations.NullMarked;
