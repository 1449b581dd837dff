package org.clusterbackup.repository.artifact;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.chunk.ChunkId;
import org.clusterbackup.repository.chunk.ChunkIds;

/** The plain bytes of a pack that is being filled, and what they are to hold. Used by one thread at a time. */
final class OpenPack {
    private static final int FIRST = 1 << 20;

    private final int capacity;
    private byte[] bytes = new byte[0];
    int ordinal;
    int length;
    private final List<ChunkId> ids = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();

    OpenPack(int capacity) {
        this.capacity = capacity;
    }

    void clear(int newOrdinal) {
        ordinal = newOrdinal;
        length = 0;
        ids.clear();
        ends.clear();
    }

    boolean hasRoom(int chunkLength) {
        return length + chunkLength <= capacity;
    }

    /** @return where the chunk begins */
    int add(byte[] data, int offset, int chunkLength, ChunkId id) {
        var at = length;
        grow(at + chunkLength);
        System.arraycopy(data, offset, bytes, at, chunkLength);
        length += chunkLength;
        ids.add(id);
        ends.add(length);
        return at;
    }

    /** A small artifact shall not cost the memory of a full pack. */
    private void grow(int needed) {
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, Math.min(capacity, Math.max(FIRST, bytes.length * 4))));
        }
    }

    byte[] bytes() {
        return bytes;
    }

    /** @throws BackupException {@code FAILED} unless {@code readBack} holds the chunks that were put in */
    void requireSame(byte[] readBack, ChunkIds namer) throws BackupException {
        var start = 0;
        for (var i = 0; i < ids.size(); i++) {
            if (!namer.of(readBack, start, ends.get(i) - start).equals(ids.get(i))) {
                throw new BackupException(
                                Kind.FAILED,
                                "a new pack does not read back as what was put in: chunk " + i + " differs")
                        .withHint("test this machine's memory");
            }
            start = ends.get(i);
        }
    }
}
