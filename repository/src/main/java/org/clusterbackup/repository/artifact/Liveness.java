package org.clusterbackup.repository.artifact;

import java.util.Arrays;
import org.clusterbackup.repository.chunk.Place;
import org.clusterbackup.repository.chunk.SparseIndex;

/**
 * How much of each pack an artifact uses, counted from its index: chunks that the stream repeats count once. A pack's
 * plain length is known no better than that it is not less than its stored bytes, nor than where its last live chunk
 * ends; dead packs are told by that.
 */
final class Liveness implements SparseIndex.Visitor {
    private final PackList packs;
    private final int granule;
    /** A bit for each stretch of {@link #granule} in which a chunk begins: two chunks never begin in the same one. */
    private final long[][] seen;

    private final long[] live;
    private final long[] end;

    /** @param minimumChunk no chunk but a stream's last one is shorter */
    Liveness(PackList packs, int minimumChunk) {
        this.packs = packs;
        granule = minimumChunk;
        seen = new long[packs.count()][];
        live = new long[packs.count()];
        end = new long[packs.count()];
    }

    @Override
    public void record(Place place) {
        var pack = place.pack() - 1;
        if (pack < 0 || pack >= live.length || place.offset() < 0) {
            return;
        }
        var bit = place.offset() / granule;
        var words = seen[pack];
        if (words == null || bit / Long.SIZE >= words.length) {
            words = words == null ? new long[bit / Long.SIZE + 1] : Arrays.copyOf(words, bit / Long.SIZE + 1);
            seen[pack] = words;
        }
        if ((words[bit / Long.SIZE] & (1L << bit)) == 0) {
            words[bit / Long.SIZE] |= 1L << bit;
            live[pack] += place.length();
            end[pack] = Math.max(end[pack], (long) place.offset() + place.length());
        }
    }

    long live(int line) {
        return live[line - 1];
    }

    /** Whether less than half of the pack is used. */
    boolean mostlyDead(int line) {
        return live(line) * 2 < Math.max(end[line - 1], packs.size(line));
    }
}
