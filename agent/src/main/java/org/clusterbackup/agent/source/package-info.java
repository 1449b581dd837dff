/** What an agent can back up, found anew each time it is asked, and what the others are told of it. */
@NullMarked
package org.clusterbackup.agent.source;

import org.jspecify.annotations.NullMarked;
