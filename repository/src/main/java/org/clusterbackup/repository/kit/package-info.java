/** Rescue kits: what somebody needs beside a target to begin again, kept at the target. */
@NullMarked
package org.clusterbackup.repository.kit;

import org.jspecify.annotations.NullMarked;
