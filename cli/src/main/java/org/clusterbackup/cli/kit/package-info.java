/** What may go into a rescue kit, and what must not. */
@NullMarked
package org.clusterbackup.cli.kit;

import org.jspecify.annotations.NullMarked;
