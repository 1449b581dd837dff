/** A fresh etcd cluster out of a snapshot, by etcd's own tools. */
@NullMarked
package org.clusterbackup.cli.etcd;

import org.jspecify.annotations.NullMarked;
