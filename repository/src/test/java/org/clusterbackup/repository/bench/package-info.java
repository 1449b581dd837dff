/** Programs that measure; run by hand, see {@code docs/adr/0002-format-parameters.md}. */
@NullMarked
package org.clusterbackup.repository.bench;

import org.jspecify.annotations.NullMarked;
