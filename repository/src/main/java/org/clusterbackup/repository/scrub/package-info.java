/** Reading back what a target has, a little at a time, so that no damage stays unknown for long. */
@NullMarked
package org.clusterbackup.repository.scrub;

import org.jspecify.annotations.NullMarked;
