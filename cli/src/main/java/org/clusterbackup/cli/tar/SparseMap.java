package org.clusterbackup.cli.tar;

/**
 * GNU's map of a sparse file in its form 1.0, at the beginning of the member's bytes: a count, then two numbers for each part,
 * a line each, filled up to whole blocks.
 */
final class SparseMap {
    /** More than any file has, and far from what a long cannot count. */
    private static final long MOST_PARTS = 1L << 40;

    private static final int UNKNOWN = -1;

    private long lines = UNKNOWN;
    private long count;

    /** @return whether the map ends in this block, the next one of the member */
    boolean endsIn(byte[] block) {
        for (var b : block) {
            if (b == '\n') {
                lines = lines == UNKNOWN ? 2 * count : lines - 1;
                if (lines == 0) {
                    return true;
                }
            } else if (lines == UNKNOWN && count < MOST_PARTS) {
                count = 10 * count + Math.max(0, b - '0');
            }
        }
        return false;
    }
}
