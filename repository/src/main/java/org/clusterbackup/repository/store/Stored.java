package org.clusterbackup.repository.store;

/**
 * What {@link ObjectStore#create} did.
 *
 * @param existed an object of that name and of the same bytes was there already, nothing was sent
 * @param proved the store itself checked the bytes that it holds against the digest of the body; otherwise whoever
 *     needs the proof asks {@link ObjectStore#digests}
 */
public record Stored(boolean existed, boolean proved) {}
