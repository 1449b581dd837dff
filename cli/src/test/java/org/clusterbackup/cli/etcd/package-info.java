@NullMarked
package org.clusterbackup.cli.etcd;

import org.jspecify.annotations.NullMarked;
