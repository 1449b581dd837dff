/** Metrics that several services have; the only package here that knows Micrometer. */
@NullMarked
package org.clusterbackup.service.meter;

import org.jspecify.annotations.NullMarked;
