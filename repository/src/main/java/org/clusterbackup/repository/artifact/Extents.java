package org.clusterbackup.repository.artifact;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.clusterbackup.repository.chunk.Place;

/**
 * All extents of an artifact in a mapped working file, each with the number of the next one of the same pack: so a
 * reader knows which pack is needed farthest ahead. Not thread-safe.
 */
final class Extents implements AutoCloseable {
    /** After the last use of a pack. */
    static final int NEVER = Integer.MAX_VALUE;

    static final int RECORD = 16;

    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment records;
    private final int count;

    /**
     * @param file records of four big-endian words: line of the pack, offset, length, and one that is filled here
     * @param packs how many lines there are
     */
    Extents(Path file, int count, int packs) throws IOException {
        this.count = count;
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            records = count == 0
                    ? MemorySegment.NULL
                    : channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) count * RECORD, arena);
        }
        link(packs);
    }

    private void link(int packs) {
        var next = new int[packs + 1];
        Arrays.fill(next, NEVER);
        for (var i = count - 1; i >= 0; i--) {
            var pack = word(i, 0);
            records.set(WORD, (long) i * RECORD + 12, next[pack]);
            next[pack] = i;
        }
    }

    int count() {
        return count;
    }

    /** Its {@code pack} is the line in the artifact's list, from 1. */
    Place get(int extent) {
        return new Place(word(extent, 0), word(extent, 1), word(extent, 2));
    }

    int pack(int extent) {
        return word(extent, 0);
    }

    /** The next extent of the same pack, or {@link #NEVER}. */
    int next(int extent) {
        return word(extent, 3);
    }

    private int word(int extent, int field) {
        return records.get(WORD, (long) extent * RECORD + 4L * field);
    }

    @Override
    public void close() {
        arena.close();
    }
}
