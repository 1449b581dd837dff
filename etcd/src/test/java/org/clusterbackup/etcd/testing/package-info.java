/** A real etcd for tests. */
@NullMarked
package org.clusterbackup.etcd.testing;

import org.jspecify.annotations.NullMarked;
