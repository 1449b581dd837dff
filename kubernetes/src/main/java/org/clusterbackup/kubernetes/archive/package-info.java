/** The tar that a cluster's objects are kept in: names of files, the bytes of an object, reading it back. */
@NullMarked
package org.clusterbackup.kubernetes.archive;

import org.jspecify.annotations.NullMarked;
