/** What agents of every kind of source have in common; each adds its sources, how they are read, and its configuration. */
@NullMarked
package org.clusterbackup.agent;

import org.jspecify.annotations.NullMarked;
