package org.clusterbackup.cli.dump;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Ranges of a stream that are lost. Told by whoever writes it, before the bytes in their place; asked by who reads it. */
public final class Gaps {
    /** Its end, by its beginning; they do not overlap. */
    private final ConcurrentSkipListMap<Long, Long> ends = new ConcurrentSkipListMap<>();

    public void add(long from, long length) {
        if (length > 0) {
            ends.merge(from, from + length, Math::max);
        }
    }

    /** Whether a byte from {@code from} to before {@code to} is lost. */
    boolean touch(long from, long to) {
        Map.Entry<Long, Long> last = ends.lowerEntry(to);
        return last != null && last.getValue() > from;
    }
}
