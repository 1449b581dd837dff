package org.clusterbackup.repository.artifact;

import org.clusterbackup.repository.Sha256;

/** Told how a writer gets on, from several threads; it must return at once. */
public interface WriteListener {
    WriteListener NONE = new WriteListener() {};

    /** So many more bytes of the stream were read. */
    default void read(long bytes) {}

    /** A new pack is durable in the store. */
    default void stored(Sha256 pack, long storedBytes) {}
}
