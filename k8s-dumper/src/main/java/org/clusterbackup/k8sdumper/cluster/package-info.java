/** One cluster as an agent's source. */
@NullMarked
package org.clusterbackup.k8sdumper.cluster;

import org.jspecify.annotations.NullMarked;
