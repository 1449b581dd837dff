package org.clusterbackup.repository.chunk;

/**
 * FastCDC with normalised chunking (Xia et al., USENIX ATC '16), keyed, as {@code docs/format.md} fixes it. Immutable,
 * thread-safe.
 */
public final class Chunker {
    public static final int MIN_AVERAGE = 1 << 16;
    public static final int MAX_AVERAGE = 1 << 24;
    /** What {@link #next} answers when the bytes at hand do not decide where the chunk ends. */
    public static final int UNDECIDED = -1;

    private final long[] gear;
    private final int average;
    private final long strict;
    private final long loose;

    /** @throws IllegalArgumentException unless {@code average} is a power of two from 64 KiB to 16 MiB */
    public Chunker(ChunkingKey key, int average) {
        if (average < MIN_AVERAGE || average > MAX_AVERAGE || Integer.bitCount(average) != 1) {
            throw new IllegalArgumentException("not a power of two from 64 KiB to 16 MiB: " + average);
        }
        this.average = average;
        gear = key.gear();
        var bits = Integer.numberOfTrailingZeros(average);
        strict = -1L << (Long.SIZE - bits - 1);
        loose = -1L << (Long.SIZE - bits + 1);
    }

    /**
     * {@code preferred}, doubled until a stream of {@code streamBytes} has at most 2²⁶ chunks: what an index lookup
     * holds in bounded memory.
     */
    public static int averageFor(int preferred, long streamBytes) {
        var average = preferred;
        while (average < MAX_AVERAGE && streamBytes / average > 1L << 26) {
            average *= 2;
        }
        return average;
    }

    public int average() {
        return average;
    }

    public int minimum() {
        return average / 2;
    }

    public int maximum() {
        return average * 4;
    }

    /**
     * Where the chunk that begins at {@code from} ends (exclusive), looking at no byte from {@code to} on.
     *
     * @param last whether the stream ends at {@code to}
     * @return {@link #UNDECIDED} if bytes after {@code to} decide, which they do only when there are fewer than
     *     {@link #maximum} at hand; otherwise greater than {@code from}, unless {@code from} is {@code to}
     */
    public int next(byte[] data, int from, int to, boolean last) {
        var table = gear;
        var mask = strict;
        var hash = 0L;
        var at = from + minimum();
        var normal = Math.min(from + average, to);
        for (; at < normal; at++) {
            hash = (hash << 1) + table[data[at] & 0xff];
            if ((hash & mask) == 0) {
                return at + 1;
            }
        }
        mask = loose;
        var end = Math.min(from + maximum(), to);
        for (; at < end; at++) {
            hash = (hash << 1) + table[data[at] & 0xff];
            if ((hash & mask) == 0) {
                return at + 1;
            }
        }
        if (to - from >= maximum()) {
            return from + maximum();
        }
        return last ? to : UNDECIDED;
    }
}
