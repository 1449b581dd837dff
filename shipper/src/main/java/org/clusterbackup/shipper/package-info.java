@NullMarked
package org.clusterbackup.shipper;

import org.jspecify.annotations.NullMarked;
