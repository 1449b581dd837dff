/** Backs up one etcd cluster. */
@NullMarked
package org.clusterbackup.etcdagent;

import org.jspecify.annotations.NullMarked;
