package org.clusterbackup.cli.dump;

import java.util.Arrays;

/** Numbers of inodes, eight bytes each: a brick has many. They come in ascending order, one perhaps twice. */
public final class Inodes {
    private long[] numbers = new long[1024];
    private int count;

    void add(long number) {
        if (count > 0 && numbers[count - 1] == number) {
            return;
        }
        if (count == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * count);
        }
        numbers[count++] = number;
    }

    public boolean contains(long number) {
        return Arrays.binarySearch(numbers, 0, count, number) >= 0;
    }

    public int count() {
        return count;
    }
}
