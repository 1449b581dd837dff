/** A client of etcd: which members are healthy, and a snapshot that is proved. No Kafka, no framework. */
@NullMarked
package org.clusterbackup.etcd;

import org.jspecify.annotations.NullMarked;
