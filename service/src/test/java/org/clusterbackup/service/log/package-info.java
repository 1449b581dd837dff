@NullMarked
package org.clusterbackup.service.log;

import org.jspecify.annotations.NullMarked;
