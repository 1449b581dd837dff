/** A real broker for integration tests of any module. */
@NullMarked
package org.clusterbackup.service.testing;

import org.jspecify.annotations.NullMarked;
