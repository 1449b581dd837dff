@NullMarked
package org.clusterbackup.cli.recover;

import org.jspecify.annotations.NullMarked;
