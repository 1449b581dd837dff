/** The stream of xfsdump, as far as it must be understood here. */
@NullMarked
package org.clusterbackup.cli.dump;

import org.jspecify.annotations.NullMarked;
