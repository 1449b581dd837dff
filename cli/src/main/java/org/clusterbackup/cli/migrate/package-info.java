/** What a migration to other names needs besides glusterd's state: its rules from a file, and glusterd itself. */
@NullMarked
package org.clusterbackup.cli.migrate;

import org.jspecify.annotations.NullMarked;
