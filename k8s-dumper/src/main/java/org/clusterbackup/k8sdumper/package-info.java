/** Backs up the objects of one Kubernetes cluster. */
@NullMarked
package org.clusterbackup.k8sdumper;

import org.jspecify.annotations.NullMarked;
