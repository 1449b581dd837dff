package org.clusterbackup.repository.artifact;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.clusterbackup.repository.Sha256;

/**
 * The packs of an artifact in the making, by ordinals in the order in which they came up: only when all are stored are
 * their names, and so their lines, known. Thread-safe.
 */
final class PackTable {
    private byte[] names = new byte[0];
    private long[] sizes = new long[0];
    private int count;

    /** @return the ordinal of a pack whose name will be known later */
    synchronized int open() {
        if (count == sizes.length) {
            sizes = Arrays.copyOf(sizes, Math.max(16, count + count / 2));
            names = Arrays.copyOf(names, sizes.length * PackList.NAME);
        }
        return count++;
    }

    synchronized void stored(int ordinal, Sha256 name, long size) {
        System.arraycopy(HexFormat.of().parseHex(name.hex()), 0, names, ordinal * PackList.NAME, PackList.NAME);
        sizes[ordinal] = size;
    }

    synchronized int count() {
        return count;
    }

    /** The list of all, when all are stored. */
    synchronized PackList list() {
        var order = order();
        var sortedNames = new byte[order.length * PackList.NAME];
        var sortedSizes = new long[order.length];
        var distinct = 0;
        for (var ordinal : order) {
            if (distinct > 0 && equal(names, ordinal, sortedNames, distinct - 1)) {
                continue;
            }
            System.arraycopy(names, ordinal * PackList.NAME, sortedNames, distinct * PackList.NAME, PackList.NAME);
            sortedSizes[distinct++] = sizes[ordinal];
        }
        return new PackList(Arrays.copyOf(sortedNames, distinct * PackList.NAME), Arrays.copyOf(sortedSizes, distinct));
    }

    /** The line of each ordinal in {@link #list}. */
    synchronized int[] lines() {
        var lines = new int[count];
        var line = 0;
        var previous = -1;
        for (var ordinal : order()) {
            if (previous < 0 || !equal(names, ordinal, names, previous)) {
                line++;
            }
            lines[ordinal] = line;
            previous = ordinal;
        }
        return lines;
    }

    private int[] order() {
        return IntStream.range(0, count)
                .boxed()
                .sorted((a, b) -> Arrays.compareUnsigned(
                        names,
                        a * PackList.NAME,
                        (a + 1) * PackList.NAME,
                        names,
                        b * PackList.NAME,
                        (b + 1) * PackList.NAME))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static boolean equal(byte[] some, int a, byte[] others, int b) {
        return Arrays.equals(
                some, a * PackList.NAME, (a + 1) * PackList.NAME, others, b * PackList.NAME, (b + 1) * PackList.NAME);
    }
}
