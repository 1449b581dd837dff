package org.clusterbackup.repository.chunk;

/** The first 16 bytes of a chunk's keyed digest, as two big-endian words. */
public record ChunkId(long high, long low) {
    public static final int BYTES = 16;
}
