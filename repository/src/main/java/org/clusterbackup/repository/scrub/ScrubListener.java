package org.clusterbackup.repository.scrub;

import org.clusterbackup.repository.Sha256;

/** Is told what a scrub does; called by its thread, must be quick. */
public interface ScrubListener {
    ScrubListener NONE = new ScrubListener() {};

    /** So many bytes are to be read. */
    default void planned(long bytes) {}

    /** So many more bytes were read. */
    default void read(long bytes) {}

    /** A pack is damaged, or missing though an artifact needs it. */
    default void damaged(Sha256 pack, String how) {}
}
