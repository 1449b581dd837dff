/** An API server that lives while a restore into it is tried. */
@NullMarked
package org.clusterbackup.cli.kubernetes;

import org.jspecify.annotations.NullMarked;
