package org.clusterbackup.repository.chunk;

import java.util.Arrays;

/**
 * The segments in which sampled chunk ids were seen last: of every id while there are few, then only of those whose
 * lowest bits are zero, one bit more each time the table is full. So memory is bounded (25 MB) and a small index is
 * exact. Not thread-safe.
 */
final class SampleTable {
    static final int ABSENT = -1;

    private static final int FIRST_SLOTS = 1 << 12;
    private static final int MAX_SLOTS = 1 << 21;

    private long[] keys = new long[FIRST_SLOTS];
    private int[] segments = new int[FIRST_SLOTS];
    private int used;
    private int bits;

    /** Whether every id is sampled, so that an absent one is nowhere. */
    boolean exact() {
        return bits == 0;
    }

    boolean samples(long low) {
        return (low & ((1L << bits) - 1)) == 0;
    }

    void put(long low, int segment) {
        if (!samples(low)) {
            return;
        }
        if (used >= keys.length / 4 * 3) {
            grow();
            if (!samples(low)) {
                return;
            }
        }
        insert(key(low), segment);
    }

    int get(long low) {
        var key = key(low);
        for (var slot = slot(key); keys[slot] != 0; slot = (slot + 1) & (keys.length - 1)) {
            if (keys[slot] == key) {
                return segments[slot];
            }
        }
        return ABSENT;
    }

    private void insert(long key, int segment) {
        var slot = slot(key);
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & (keys.length - 1);
        }
        if (keys[slot] == 0) {
            used++;
        }
        keys[slot] = key;
        segments[slot] = segment;
    }

    private void grow() {
        var oldKeys = keys;
        var oldSegments = segments;
        if (keys.length < MAX_SLOTS) {
            keys = new long[oldKeys.length * 2];
            segments = new int[oldKeys.length * 2];
        } else {
            bits++;
            oldKeys = keys.clone();
            oldSegments = segments.clone();
            Arrays.fill(keys, 0);
        }
        used = 0;
        for (var i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0 && samples(oldKeys[i])) {
                insert(oldKeys[i], oldSegments[i]);
            }
        }
    }

    /** Zero marks a free slot; an id of zero shares the place of another one, and the segment tells them apart. */
    private static long key(long low) {
        return low == 0 ? Long.MIN_VALUE : low;
    }

    /** By the high bits: the low ones are equal in all that are sampled. */
    private int slot(long key) {
        return (int) (key >>> (Long.SIZE - Integer.numberOfTrailingZeros(keys.length)));
    }
}
