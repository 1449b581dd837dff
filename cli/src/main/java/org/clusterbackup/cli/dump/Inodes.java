package org.clusterbackup.cli.dump;

import java.util.Arrays;

/** Numbers of inodes, which come in ascending order, one perhaps twice. Kept as runs: XFS numbers files one after the other. */
public final class Inodes {
    private long[] firsts = new long[64];
    private long[] lasts = new long[64];
    private int runs;
    private long count;

    void add(long number) {
        if (runs > 0 && lasts[runs - 1] == number) {
            return;
        }
        count++;
        if (runs > 0 && lasts[runs - 1] + 1 == number) {
            lasts[runs - 1] = number;
            return;
        }
        if (runs == firsts.length) {
            firsts = Arrays.copyOf(firsts, 2 * runs);
            lasts = Arrays.copyOf(lasts, 2 * runs);
        }
        firsts[runs] = number;
        lasts[runs++] = number;
    }

    public boolean contains(long number) {
        var found = Arrays.binarySearch(firsts, 0, runs, number);
        var run = found >= 0 ? found : -found - 2;
        return run >= 0 && number <= lasts[run];
    }

    public long count() {
        return count;
    }
}
