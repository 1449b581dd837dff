/** Where objects lie: one port, its adapters, and decorators that every adapter shares. */
@NullMarked
package org.clusterbackup.repository.store;

import org.jspecify.annotations.NullMarked;
