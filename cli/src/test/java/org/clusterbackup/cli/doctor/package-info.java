@NullMarked
package org.clusterbackup.cli.doctor;

import org.jspecify.annotations.NullMarked;
