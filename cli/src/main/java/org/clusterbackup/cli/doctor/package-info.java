/** What a backup or a restore will need, looked at before it does. */
@NullMarked
package org.clusterbackup.cli.doctor;

import org.jspecify.annotations.NullMarked;
