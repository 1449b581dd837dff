package org.clusterbackup.repository.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.clusterbackup.repository.BackupException;
import org.jspecify.annotations.Nullable;

class ArtifactPropertyTest {
    private static final int LONGEST = 9 << 20;

    private @Nullable Path directory;

    @BeforeTry
    void makeDirectory() throws IOException {
        directory = Files.createTempDirectory("artifacts");
    }

    @AfterTry
    void removeDirectory() throws IOException {
        try (var files = Files.walk(directory())) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private Path directory() {
        if (directory == null) {
            throw new IllegalStateException("no try is running");
        }
        return directory;
    }

    @Property(tries = 12)
    void anyStreamReadInAnyStepsComesBack(
            @ForAll @IntRange(max = LONGEST) int length,
            @ForAll @IntRange(min = 1, max = 1 << 21) int step,
            @ForAll long seed)
            throws BackupException {
        var repository = new TestRepository(directory());
        var stream = stream(length, seed);

        var manifest = repository.write(
                PlainSource.unproved(new Stepping(stream, step)),
                TestRepository.request(TestRepository.SOURCE),
                WriteListener.NONE);

        assertThat(Arrays.equals(repository.read(manifest), stream)).isTrue();
    }

    @Property(tries = 8)
    void anyEditedStreamComesBack(@ForAll @IntRange(min = 1, max = LONGEST) int length, @ForAll long seed)
            throws BackupException {
        var repository = new TestRepository(directory());
        var random = new Random(seed);
        var stream = stream(length, seed);
        repository.write(stream);

        // Bytes change, move and go.
        var edited = new byte[length + random.nextInt(1000)];
        random.nextBytes(edited);
        var from = random.nextInt(length);
        System.arraycopy(stream, from, edited, random.nextInt(edited.length - (length - from) + 1), length - from);
        var manifest = repository.write(edited);

        assertThat(Arrays.equals(repository.read(manifest), edited)).isTrue();
    }

    @Property(tries = 8)
    void aSourceThatBreaksAtAnyOffsetLeavesNothingBehind(@ForAll @IntRange(max = LONGEST) int offset, @ForAll long seed)
            throws IOException {
        var repository = new TestRepository(directory());
        var broken = new Stepping(stream(LONGEST, seed), 1 << 16) {
            private int given;

            @Override
            public int read(byte[] bytes, int at, int length) throws IOException {
                if (given >= offset) {
                    throw new IOException("broken pipe");
                }
                var n = super.read(bytes, at, Math.min(length, offset - given));
                given += Math.max(0, n);
                return n;
            }
        };

        assertThatThrownBy(() -> repository.write(
                        PlainSource.unproved(broken),
                        TestRepository.request(TestRepository.SOURCE),
                        WriteListener.NONE))
                .isInstanceOf(BackupException.class);

        assertThat(repository.files()).noneMatch(file -> file.toString().contains("artifacts"));
        assertThat(repository.spool).isEmptyDirectory();
    }

    @Property(tries = 40)
    void aFlippedBitInAnyObjectIsFound(@ForAll @IntRange(min = 1) int place, @ForAll long seed) throws Exception {
        var repository = new TestRepository(directory());
        var manifest = repository.write(stream(200_000, seed));
        var files = repository.files().stream()
                .filter(file -> !file.endsWith(ArtifactRef.INDEX))
                .sorted()
                .toList();
        var file = files.get(place % files.size());
        var bytes = Files.readAllBytes(file);
        var random = new Random(seed ^ place);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);

        assertThatThrownBy(() -> repository.read(manifest)).isInstanceOf(BackupException.class);
    }

    @Property(tries = 20)
    void aCutObjectIsFound(@ForAll @IntRange(min = 1) int place, @ForAll long seed) throws Exception {
        var repository = new TestRepository(directory());
        var manifest = repository.write(stream(200_000, seed));
        var files = repository.files().stream()
                .filter(file -> !file.endsWith(ArtifactRef.INDEX))
                .sorted()
                .toList();
        var file = files.get(place % files.size());
        var bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, place % bytes.length));

        assertThatThrownBy(() -> repository.read(manifest)).isInstanceOf(BackupException.class);
    }

    /** Half of it repeats, half is random. */
    private static byte[] stream(int length, long seed) {
        var stream = new byte[length];
        var random = new Random(seed);
        random.nextBytes(stream);
        for (var at = 0; at < length; at += 700_000) {
            Arrays.fill(stream, at, Math.min(length, at + random.nextInt(350_000)), (byte) 'x');
        }
        return stream;
    }

    /** Gives at most so many bytes a read, as a pipe does. */
    private static class Stepping extends FilterInputStream {
        private final int step;

        Stepping(byte[] bytes, int step) {
            super(new ByteArrayInputStream(bytes));
            this.step = step;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return super.read(bytes, offset, Math.min(step, length));
        }
    }
}
