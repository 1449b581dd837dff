package org.clusterbackup.repository.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.store.testing.FaultyStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactRoundTripTest {
    private static final int MIB = 1 << 20;

    private final TestRepository repository;

    ArtifactRoundTripTest(@TempDir Path directory) {
        repository = new TestRepository(directory);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 32 << 10, 4 << 20, (4 << 20) + 1, 13_000_000})
    void aStreamComesBack(int length) throws BackupException {
        var stream = random(length, 1);

        var manifest = repository.write(stream);

        assertThat(repository.read(manifest)).isEqualTo(stream);
    }

    @Test
    void aManifestReadsBackAsItWasWritten() throws BackupException {
        var manifest = repository.write(random(MIB, 1));

        var read = new Manifests(repository.store, TestRepository.ID, repository.signers).read(manifest.ref());

        assertThat(read.manifest()).isEqualTo(manifest);
    }

    @Test
    void anUnchangedStreamStoresNothingNew() throws BackupException {
        var stream = random(8 * MIB, 1);
        repository.write(stream);

        var second = repository.write(stream);

        assertThat(second.newBytes()).isZero();
    }

    @Test
    void aChangedStreamComesBack() throws BackupException {
        var stream = random(8 * MIB, 1);
        repository.write(stream);
        System.arraycopy(random(100_000, 2), 0, stream, 3 * MIB, 100_000);

        var second = repository.write(stream);

        assertThat(repository.read(second)).isEqualTo(stream);
    }

    @Test
    void aChangeCostsLittleMoreThanItself() throws BackupException {
        var stream = random(8 * MIB, 1);
        repository.write(stream);
        System.arraycopy(random(100_000, 2), 0, stream, 3 * MIB, 100_000);

        var second = repository.write(stream);

        assertThat(second.newBytes()).isBetween(100_000L, 700_000L);
    }

    @Test
    void aSiblingsChunksAreFound() throws BackupException {
        var stream = random(8 * MIB, 1);
        repository.write(stream);

        var replica = repository.write(new SourceName("brick/gv0/1/node-b"), stream, TestRepository.SOURCE);

        assertThat(replica.newBytes()).isZero();
    }

    @Test
    void whatAStreamRepeatsIsStoredOnce() throws BackupException {
        var half = random(4 * MIB, 1);
        var stream = Arrays.copyOf(half, 8 * MIB);
        System.arraycopy(half, 0, stream, 4 * MIB, 4 * MIB);

        var manifest = repository.write(stream);

        assertThat(manifest.newBytes()).isLessThan(5 * MIB);
    }

    @Test
    void aSmallCacheGivesTheSameBytes() throws BackupException {
        var stream = random(8 * MIB, 1);
        repository.write(stream);
        for (var i = 0; i < 6; i++) {
            System.arraycopy(random(200_000, i), 0, stream, i * MIB, 200_000);
            repository.write(stream);
        }
        var shuffled = new byte[stream.length];
        System.arraycopy(stream, 4 * MIB, shuffled, 0, 4 * MIB);
        System.arraycopy(stream, 0, shuffled, 4 * MIB, 4 * MIB);
        var manifest = repository.write(shuffled);

        assertThat(repository.read(manifest, new ReaderOptions(2, 2 * MIB, 2 * MIB, repository.spool)))
                .isEqualTo(shuffled);
    }

    @Test
    void aSourceThatDoesNotProveItsEndCommitsNothing() throws Exception {
        var source = new PlainSource() {
            @Override
            public InputStream stream() {
                return new ByteArrayInputStream(random(5 * MIB, 1));
            }

            @Override
            public void requireComplete() throws BackupException {
                throw new BackupException(Kind.SOURCE_INCOMPLETE, "killed");
            }

            @Override
            public void close() {}
        };

        assertThatThrownBy(() ->
                        repository.write(source, TestRepository.request(TestRepository.SOURCE), WriteListener.NONE))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SOURCE_INCOMPLETE));
        assertThat(repository.root.resolve("artifacts")).doesNotExist();
    }

    @Test
    void aClosedWriterLeavesNoArtifactAndNoWorkingFile() throws Exception {
        try (var writer = repository
                .writers(repository.store)
                .begin(TestRepository.request(TestRepository.SOURCE), WriteListener.NONE)) {
            writer.write(PlainSource.unproved(new ByteArrayInputStream(random(5 * MIB, 1))));
        }

        assertThat(repository.root.resolve("artifacts")).doesNotExist();
        assertThat(repository.spool).isEmptyDirectory();
    }

    @Test
    void aDamagedPackIsNoBase() throws Exception {
        var stream = random(3 * MIB, 1);
        var first = repository.write(stream);
        var pack = PackList.read(repository.store, first).name(1);
        Files.createDirectories(repository.root.resolve("damaged"));
        Files.createFile(repository.root.resolve("damaged/" + pack));

        var second = repository.write(stream);

        assertThat(PackList.read(repository.store, second).line(pack)).isEmpty();
    }

    @Test
    void aCondemnedPackIsNoBase() throws Exception {
        var stream = random(3 * MIB, 1);
        var first = repository.write(stream);
        var pack = PackList.read(repository.store, first).name(1);
        Files.createDirectories(repository.root.resolve("condemned"));
        Files.writeString(repository.root.resolve("condemned/20261122T000000000Z-00000000"), pack + "\n");

        var second = repository.write(stream);

        assertThat(PackList.read(repository.store, second).line(pack)).isEmpty();
    }

    @Test
    void aMissingPackIsNoBase() throws Exception {
        var stream = random(3 * MIB, 1);
        var first = repository.write(stream);
        Files.delete(repository.root.resolve(
                PackSet.path(PackList.read(repository.store, first).name(1))));

        var second = repository.write(stream);

        assertThat(repository.read(second)).isEqualTo(stream);
    }

    @Test
    void aPackThatIsMostlyDeadIsNoBase() throws Exception {
        var stream = random(3 * MIB, 1);
        var old = PackList.read(repository.store, repository.write(stream));
        // About a third of each pack stays in use.
        for (var at = 0; at < stream.length; at += MIB / 2) {
            System.arraycopy(random(300_000, at + 2), 0, stream, at, 300_000);
        }
        var second = PackList.read(repository.store, repository.write(stream));

        var third = PackList.read(repository.store, repository.write(stream));

        assertThat(common(third, old)).isLessThan(common(second, old));
    }

    private static long common(PackList some, PackList others) {
        return names(some).stream().filter(names(others)::contains).count();
    }

    @Test
    void manySmallPacksBecomeFew() throws Exception {
        repository.options = new WriterOptions(1 << 16, 8 * MIB, 1, 2, repository.spool, Duration.ofDays(90));
        var stream = random(6 * MIB, 1);
        repository.write(stream);
        for (var i = 0; i < 34; i++) {
            System.arraycopy(random(1000, i), 0, stream, i * 150_000, 1000);
            repository.write(stream);
        }

        var last = repository.write(stream);

        assertThat(PackList.read(repository.store, last).count()).isLessThan(10);
    }

    @Test
    void packsGrowTooOldOneByOne() {
        var now = Instant.parse("2026-11-22T00:00:00Z");
        var age = Duration.ofDays(90);

        assertThat(Bases.tooOld("0".repeat(64), now.minus(Duration.ofDays(89)), age, now))
                .isFalse();
        assertThat(Bases.tooOld("0".repeat(64), now.minus(Duration.ofDays(91)), age, now))
                .isTrue();
        assertThat(Bases.tooOld("f".repeat(64), now.minus(Duration.ofDays(119)), age, now))
                .isFalse();
        assertThat(Bases.tooOld("f".repeat(64), now.minus(Duration.ofDays(121)), age, now))
                .isTrue();
    }

    @Test
    void aStoreThatFillsUpCommitsNothing() throws Exception {
        var full = new FaultyStore(repository.store)
                .next(FaultyStore.Method.CREATE, new FaultyStore.Fault.None(), new FaultyStore.Fault.None())
                .always(FaultyStore.Method.CREATE, name -> true, new FaultyStore.Fault.Before(Kind.NO_SPACE));
        try (var writer =
                repository.writers(full).begin(TestRepository.request(TestRepository.SOURCE), WriteListener.NONE)) {
            assertThatThrownBy(() -> writer.write(PlainSource.unproved(new ByteArrayInputStream(random(40 * MIB, 1)))))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_SPACE));
        }

        assertThat(repository.root.resolve("artifacts")).doesNotExist();
    }

    /** Whatever write of a commit is the last one that a killed writer makes. */
    @ParameterizedTest
    @ValueSource(strings = {"packs", "contents", "index", "manifest.json.sig", "manifest.json"})
    void aCommitThatBreaksOffIsNoArtifact(String last) throws Exception {
        var broken = new FaultyStore(repository.store)
                .always(
                        FaultyStore.Method.CREATE,
                        name -> name.endsWith("/" + last),
                        new FaultyStore.Fault.Before(Kind.UNREACHABLE));
        try (var writer =
                repository.writers(broken).begin(TestRepository.request(TestRepository.SOURCE), WriteListener.NONE)) {
            writer.write(PlainSource.unproved(new ByteArrayInputStream(random(MIB, 1))));
            assertThatThrownBy(() -> writer.commit(TestRepository.origin())).isInstanceOf(BackupException.class);
        }

        assertThat(new Artifacts(repository.store).list()).isEmpty();
    }

    private static List<Sha256> names(PackList packs) {
        return IntStream.rangeClosed(1, packs.count()).mapToObj(packs::name).toList();
    }

    @Test
    void anUnsignedIndexIsNoBase() throws Exception {
        var stream = random(3 * MIB, 1);
        var first = repository.write(stream);
        var index = repository.root.resolve(first.ref().object(ArtifactRef.INDEX));
        flip(index, 100);

        assertThat(repository.write(stream).base()).isEmpty();
    }

    @Test
    void basesAreFreeAfterTheCommit() throws Exception {
        repository.write(random(MIB, 1));

        repository.write(random(MIB, 1));

        assertThat(repository.store.children("bases/" + TestRepository.SOURCE)).isEmpty();
    }

    private static void flip(Path file, int at) throws IOException {
        var bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    static byte[] random(int length, long seed) {
        var bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
