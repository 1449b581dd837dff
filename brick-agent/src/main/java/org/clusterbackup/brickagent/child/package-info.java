/** A program whose output is backed up: run gently, its pipe made wide, its end proved. */
@NullMarked
package org.clusterbackup.brickagent.child;

import org.jspecify.annotations.NullMarked;
