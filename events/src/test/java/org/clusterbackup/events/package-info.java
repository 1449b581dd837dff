@NullMarked
package org.clusterbackup.events;

import org.jspecify.annotations.NullMarked;
