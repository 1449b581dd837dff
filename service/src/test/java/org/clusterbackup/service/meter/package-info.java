@NullMarked
package org.clusterbackup.service.meter;

import org.jspecify.annotations.NullMarked;
