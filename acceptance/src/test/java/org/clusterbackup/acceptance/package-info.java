/** The whole system as a black box, on real components. */
@NullMarked
package org.clusterbackup.acceptance;

import org.jspecify.annotations.NullMarked;
