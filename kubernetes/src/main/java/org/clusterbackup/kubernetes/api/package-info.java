/** An API server as dump and restore see it: requests, discovery, resources and the patterns that name them. */
@NullMarked
package org.clusterbackup.kubernetes.api;

import org.jspecify.annotations.NullMarked;
