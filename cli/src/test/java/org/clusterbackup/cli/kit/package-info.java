@NullMarked
package org.clusterbackup.cli.kit;

import org.jspecify.annotations.NullMarked;
