@NullMarked
package org.clusterbackup.repository;

import org.jspecify.annotations.NullMarked;
