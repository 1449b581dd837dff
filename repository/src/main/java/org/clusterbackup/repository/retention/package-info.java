/** What a target keeps and for how long: the policy, what it chooses, and the deletion of the rest. */
@NullMarked
package org.clusterbackup.repository.retention;

import org.jspecify.annotations.NullMarked;
