/** A client of etcd: which members are healthy, a snapshot that is proved, keys read and written. No Kafka, no framework. */
@NullMarked
package org.clusterbackup.etcd;

import org.jspecify.annotations.NullMarked;
