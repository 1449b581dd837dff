package org.clusterbackup.repository.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkerTest {
    private static final int RANDOM_BYTES = 1_500_000;
    private static final int ZEROS = 600_000;
    private static final ChunkingKey KEY = new ChunkingKey(counting());

    @ParameterizedTest
    @ValueSource(ints = {1 << 16, 1 << 17})
    void chunksAreThePinnedOnes(int average) throws IOException {
        var stream = stream();
        var ids = KEY.ids();

        var lines = new ArrayList<String>();
        var from = 0;
        for (var end : cut(new Chunker(KEY, average), stream, stream.length)) {
            var id = ids.of(stream, from, end - from);
            lines.add("chunk %d %d %016x%016x".formatted(average, end, id.high(), id.low()));
            from = end;
        }

        assertThat(lines).isEqualTo(pinned("chunk " + average + " "));
    }

    @Test
    void theGearTableIsThePinnedOne() throws IOException {
        var gear = KEY.gear();

        assertThat(List.of("gear 0 %016x".formatted(gear[0]), "gear 255 %016x".formatted(gear[255])))
                .isEqualTo(pinned("gear "));
    }

    @Property(tries = 50)
    void chunksDoNotDependOnHowTheStreamArrives(@ForAll @IntRange(min = 64, max = 300_000) int step) {
        // Where random bytes end and zeros begin; each step looks at the chunk from its start, so that few bytes take
        // long.
        var stream = Arrays.copyOfRange(stream(), RANDOM_BYTES - 300_000, RANDOM_BYTES + 300_000);
        var chunker = new Chunker(KEY, 1 << 16);

        assertThat(cut(chunker, stream, step)).isEqualTo(cut(chunker, stream, stream.length));
    }

    @Test
    void anAverageIsAPowerOfTwo() {
        assertThatThrownBy(() -> new Chunker(KEY, 100_000)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theAverageGrowsWithTheSource() {
        assertThat(Chunker.averageFor(1 << 16, 10_000_000_000_000L)).isEqualTo(1 << 18);
    }

    /** Ends of the chunks when {@code step} more bytes come at a time. */
    private static List<Integer> cut(Chunker chunker, byte[] stream, int step) {
        var ends = new ArrayList<Integer>();
        var from = 0;
        for (var to = Math.min(step, stream.length); from < stream.length; to = Math.min(to + step, stream.length)) {
            var last = to == stream.length;
            for (var end = chunker.next(stream, from, to, last);
                    end != Chunker.UNDECIDED && end > from;
                    end = chunker.next(stream, from, to, last)) {
                ends.add(end);
                from = end;
            }
        }
        return ends;
    }

    private static byte[] stream() {
        var stream = new byte[RANDOM_BYTES + ZEROS];
        var x = 1L;
        for (var i = 0; i < RANDOM_BYTES; i++) {
            x = x * 6364136223846793005L + 1442695040888963407L;
            stream[i] = (byte) (x >>> 56);
        }
        return stream;
    }

    private static byte[] counting() {
        var key = new byte[ChunkingKey.BYTES];
        for (var i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        return key;
    }

    private static List<String> pinned(String prefix) throws IOException {
        try (var in = Objects.requireNonNull(ChunkerTest.class.getResourceAsStream("/chunking-1.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(prefix))
                    .toList();
        }
    }
}
