package org.clusterbackup.repository.store;

import java.time.Instant;

/** An object as its store lists it: {@code modified} is by the store's clock. */
public record ObjectInfo(String name, long size, Instant modified) {}
