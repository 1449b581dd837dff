/** An etcd cluster as a source, and its snapshot as a stream that is proved. */
@NullMarked
package org.clusterbackup.etcdagent.snapshot;

import org.jspecify.annotations.NullMarked;
