/** What tests of agents share. */
@NullMarked
package org.clusterbackup.agent.testing;

import org.jspecify.annotations.NullMarked;
