package org.clusterbackup.repository.chunk;

/** Where a chunk lies: {@code pack} is a number that the index's owner gives a meaning. */
public record Place(int pack, int offset, int length) {}
