/** Requests as jobs: which of them runs, when, again, or not any more. */
@NullMarked
package org.clusterbackup.agent.request;

import org.jspecify.annotations.NullMarked;
