package org.clusterbackup.repository.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparseIndexTest {
    /** More than the table of samples holds, so that it thins out. */
    private static final int MANY = 4_000_000;

    private final Path file;

    SparseIndexTest(@TempDir Path directory) {
        file = directory.resolve("index");
    }

    @Test
    void aSmallIndexFindsEveryChunk() throws IOException {
        try (var index = filled(5000)) {
            for (var i = 4999; i >= 0; i -= 7) {
                assertThat(index.find(id(i))).contains(new Place(i / 100, i % 100, 5));
            }
        }
    }

    @Test
    void whatIsNotThereIsNotFound() throws IOException {
        try (var index = filled(5000)) {
            assertThat(index.find(id(5000))).isEmpty();
        }
    }

    @Test
    void anIndexIsFoundAgainInItsFile() throws IOException {
        var copy = file.resolveSibling("copy");
        try (var index = filled(3000);
                var out = Files.newOutputStream(copy)) {
            index.copyTo(out, place -> new Place(place.pack() + 1, place.offset(), place.length()));
        }

        var visited = new ArrayList<Place>();
        try (var index = SparseIndex.open(copy, visited::add)) {
            assertThat(index.find(id(2999))).contains(new Place(30, 99, 5));
        }
        assertThat(visited).hasSize(3000);
    }

    @Test
    void aRunOfALargeIndexIsFoundButForItsBeginning() throws IOException {
        try (var index = filled(MANY)) {
            var found = 0;
            for (var i = 1_000_000; i < 1_100_000; i += 50) {
                var batch = new ArrayList<ChunkId>();
                for (var j = i; j < i + 50; j++) {
                    batch.add(id(j));
                }
                index.expect(batch);
                for (var id : batch) {
                    found += index.find(id).isPresent() ? 1 : 0;
                }
            }
            assertThat(found).isGreaterThan(99_900);
        }
    }

    @Test
    void aFileThatIsNoIndexIsRefused() throws IOException {
        Files.writeString(file, "clusterbackup index 2\n\0\0");

        assertThatThrownBy(() -> SparseIndex.open(file, place -> {})).isInstanceOf(IOException.class);
    }

    private SparseIndex filled(int count) throws IOException {
        var index = SparseIndex.create(file);
        for (var i = 0; i < count; i++) {
            index.append(id(i), new Place(i / 100, i % 100, 5));
        }
        return index;
    }

    private static ChunkId id(long number) {
        var random = new Random(number * 0x9E3779B97F4A7C15L);
        return new ChunkId(random.nextLong(), random.nextLong());
    }
}
