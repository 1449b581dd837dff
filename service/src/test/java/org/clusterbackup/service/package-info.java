@NullMarked
package org.clusterbackup.service;

import org.jspecify.annotations.NullMarked;
