package org.clusterbackup.repository.chunk;

import java.nio.ByteBuffer;
import javax.crypto.Mac;

/** Names chunks by their keyed digest. Not thread-safe. */
public final class ChunkIds {
    private final Mac mac;

    ChunkIds(Mac mac) {
        this.mac = mac;
    }

    public ChunkId of(byte[] bytes, int offset, int length) {
        mac.update(bytes, offset, length);
        var digest = ByteBuffer.wrap(mac.doFinal());
        return new ChunkId(digest.getLong(), digest.getLong());
    }
}
