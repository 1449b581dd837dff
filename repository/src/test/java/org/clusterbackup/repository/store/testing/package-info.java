/** What tests of stores share, here and in other modules: the contract, servers, proxies, faults. */
@NullMarked
package org.clusterbackup.repository.store.testing;

import org.jspecify.annotations.NullMarked;
