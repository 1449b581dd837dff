package org.clusterbackup.repository.artifact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.clusterbackup.repository.chunk.ChunkId;
import org.clusterbackup.repository.chunk.ChunkIds;

/** A stretch of the stream, cut into whole chunks. Handed from thread to thread, used by one at a time. */
final class Block {
    final byte[] data;
    /** Of each chunk, exclusive. */
    int[] ends = new int[64];

    int chunks;
    List<ChunkId> ids = List.of();
    CompletableFuture<?> named = CompletableFuture.completedFuture(null);

    Block(int capacity) {
        data = new byte[capacity];
    }

    void clear() {
        chunks = 0;
        ids = List.of();
    }

    void cut(int end) {
        if (chunks == ends.length) {
            ends = Arrays.copyOf(ends, chunks * 2);
        }
        ends[chunks++] = end;
    }

    int start(int chunk) {
        return chunk == 0 ? 0 : ends[chunk - 1];
    }

    /** Bytes of its chunks; what lies behind belongs to the next block. */
    int length() {
        return start(chunks);
    }

    void name(ChunkIds namer) {
        var list = new ArrayList<ChunkId>(chunks);
        for (var i = 0; i < chunks; i++) {
            list.add(namer.of(data, start(i), ends[i] - start(i)));
        }
        ids = list;
    }
}
