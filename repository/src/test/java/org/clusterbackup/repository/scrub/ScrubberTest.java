package org.clusterbackup.repository.scrub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.copy.Copier;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.CopyOptions;
import org.clusterbackup.repository.copy.LedgerWriter;
import org.clusterbackup.repository.copy.PackMending;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.Deletion;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.Scrub;
import org.clusterbackup.repository.ledger.Scrubs;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.testing.FaultyStore;
import org.clusterbackup.repository.store.testing.ForwardingStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scrubs and repairs of a real directory. */
class ScrubberTest {
    private final TestRepository keys = TestRepository.withNewKeys();
    private final Path stagingDirectory;
    private final Path directory;
    private final FaultyStore store;
    private final Repository staging;
    private final Repository target;
    private final Ledger ledger;
    private final Manifest made;
    private final List<Sha256> packs;

    ScrubberTest(@TempDir Path stagingDirectory, @TempDir Path directory, @TempDir Path spool) throws Exception {
        this.stagingDirectory = stagingDirectory;
        this.directory = directory;
        staging = keys.staging(stagingDirectory);
        store = new FaultyStore(new DirectoryStore(directory));
        target = keys.target(store, staging, "tape");
        ledger = new Ledger(target);
        made = new TestBackups(keys, staging, spool).store("host/a", "one", TestBackups.bytes(2 << 20, 1));
        new Copier(staging, target, CopyOptions.defaults(spool, "test")).copy(made.ref(), CopyListener.NONE);
        var list = PackList.read(store, made);
        packs = IntStream.rangeClosed(1, list.count()).mapToObj(list::name).toList();
        assertThat(packs).hasSizeGreaterThan(5);
    }

    private LedgerWriter writer(SigningKey key) {
        return new LedgerWriter(target, ledger, key, "test", UnaryOperator.identity());
    }

    private Scrubbed scrub(long budget) throws BackupException {
        return new Scrubber(writer(keys.shipper()), 0).run(budget, ScrubListener.NONE);
    }

    private List<Scrub> entered() throws BackupException {
        return new Ledger(target).read().bodies(Scrub.class).toList();
    }

    private ScrubState state() throws BackupException {
        return ScrubState.of(target, ledger.read());
    }

    private Path file(Sha256 pack) {
        return directory.resolve(PackSet.path(pack));
    }

    private static void flip(Path file) throws Exception {
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    private PackMending.Mended mend() throws BackupException {
        return new PackMending(staging, writer(keys.shipper())).mend(state().damaged(), CopyListener.NONE);
    }

    private static void assertKind(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(BackupException.class, e -> assertThat(e.kind())
                .isEqualTo(kind));
    }

    @Test
    void everythingIsReadOnceAndEntered() throws Exception {
        var scrubbed = scrub(Long.MAX_VALUE);

        assertThat(scrubbed).isEqualTo(new Scrubbed(packs.size(), made.storedBytes(), List.of()));
        assertThat(entered())
                .containsExactly(new Scrub(Scrubs.FIRST, Scrubs.LAST, packs.size(), made.storedBytes(), List.of()));
        assertThat(directory.resolve("lock")).doesNotExist();
    }

    @Test
    void littleByLittleEachPackIsReadOnceBeforeAnyIsReadAgain() throws Exception {
        var read = new HashSet<Integer>();
        for (var i = 0; i < packs.size(); i++) {
            assertThat(scrub(1).packs()).isOne();
            read.add(packs.indexOf(entered().getLast().to()));
        }

        // The last of each round ends at the last of all names
        assertThat(read).hasSizeGreaterThanOrEqualTo(packs.size() - 1);
        assertThat(entered().stream().mapToLong(Scrub::packs).sum()).isEqualTo(packs.size());
        assertThat(ledger.read().scrubs().read(packs.getLast())).isPresent();
    }

    @Test
    void flippedCutAndMissingPacksAreNamedAndMendedFromStaging() throws Exception {
        flip(file(packs.get(0)));
        var bytes = Files.readAllBytes(file(packs.get(2)));
        Files.write(file(packs.get(2)), Arrays.copyOf(bytes, bytes.length - 1));
        Files.delete(file(packs.get(4)));
        var bad = List.of(packs.get(0), packs.get(2), packs.get(4));

        assertThat(scrub(Long.MAX_VALUE).damaged()).isEqualTo(bad);
        assertThat(state().damaged()).isEqualTo(bad);
        assertThat(mend().whole().keySet()).containsExactlyElementsOf(bad);

        assertThat(state().damaged()).isEmpty();
        for (var pack : packs) {
            assertThat(Sha256.of(Files.readAllBytes(file(pack)))).isEqualTo(pack);
        }
        assertThat(entered()).hasSize(4).last().satisfies(last -> assertThat(last.from())
                .isEqualTo(packs.get(4)));
        assertThat(scrub(Long.MAX_VALUE).damaged()).isEmpty();
    }

    @Test
    void neighboursAreEnteredTogether() throws Exception {
        for (var pack : packs) {
            Files.delete(file(pack));
        }
        assertThat(scrub(Long.MAX_VALUE).damaged()).isEqualTo(packs);

        assertThat(mend().failed()).isEmpty();

        assertThat(entered()).hasSize(2);
        assertThat(entered().getLast())
                .isEqualTo(new Scrub(packs.getFirst(), packs.getLast(), packs.size(), made.storedBytes(), List.of()));
    }

    @Test
    void whatTheOtherCopyHasNotWholeStaysDamagedAndIsNamed() throws Exception {
        flip(file(packs.get(0)));
        flip(file(packs.get(1)));
        flip(file(packs.get(2)));
        scrub(Long.MAX_VALUE);
        Files.delete(stagingDirectory.resolve(PackSet.path(packs.get(0))));
        flip(stagingDirectory.resolve(PackSet.path(packs.get(1))));

        var mended = mend();

        assertThat(mended.whole()).containsOnlyKeys(packs.get(2));
        assertThat(mended.failed()).containsOnlyKeys(packs.get(0), packs.get(1));
        assertThat(mended.failed().values()).extracting(BackupException::kind).containsOnly(Kind.DAMAGED);
        assertThat(state().damaged()).containsExactly(packs.get(0), packs.get(1));
        assertThat(stagingDirectory.resolve("damaged/" + packs.get(1))).exists();
    }

    @Test
    void aPackThatIsPrunedMeanwhileIsNoDamage() throws Exception {
        // Given an artifact that is deleted, and its packs, when all packs have been listed
        var deleted = new Deletion(
                List.of(new Deletion.Deleted(
                        made.ref().source(), made.ref().artifact(), Sha256.of(new byte[0]), Optional.empty())),
                "pruned");
        var listener = new ScrubListener() {
            @Override
            public void planned(long bytes) {
                try {
                    ledger.append(deleted, Map.of(), keys.operator());
                    Files.delete(directory.resolve(made.ref().object(ArtifactRef.MANIFEST)));
                    Files.delete(file(packs.get(3)));
                } catch (IOException | BackupException e) {
                    throw new AssertionError(e);
                }
            }
        };

        var scrubbed = new Scrubber(writer(keys.shipper()), 0).run(Long.MAX_VALUE, listener);

        assertThat(scrubbed.damaged()).isEmpty();
        assertThat(scrubbed.packs()).isEqualTo(packs.size() - 1);
    }

    @Test
    void aPackThatIsStoredAgainMeanwhileIsNoDamage() throws Exception {
        var file = file(packs.get(1));
        Files.delete(file);
        var listener = new ScrubListener() {
            @Override
            public void planned(long bytes) {
                try {
                    Files.copy(stagingDirectory.resolve(PackSet.path(packs.get(1))), file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };

        assertThat(new Scrubber(writer(keys.shipper()), 0).run(Long.MAX_VALUE, listener))
                .isEqualTo(new Scrubbed(packs.size(), made.storedBytes(), List.of()));
    }

    @Test
    void killedBeforeItsEntryItIsReadAgain() throws Exception {
        flip(file(packs.get(0)));
        store.always(
                FaultyStore.Method.CREATE,
                name -> name.startsWith("ledger/") && name.endsWith(".json"),
                new FaultyStore.Fault.Before(Kind.UNREACHABLE));
        assertKind(Kind.UNREACHABLE, () -> scrub(Long.MAX_VALUE));
        assertThat(entered()).isEmpty();
        store.heal();

        assertThat(scrub(Long.MAX_VALUE).damaged()).containsExactly(packs.get(0));
    }

    @Test
    void aConnectionThatBreaksIsNoDamage() throws Exception {
        store.next(FaultyStore.Method.DIGESTS, new FaultyStore.Fault.Before(Kind.UNREACHABLE));

        assertKind(Kind.UNREACHABLE, () -> scrub(Long.MAX_VALUE));

        assertThat(entered()).isEmpty();
    }

    @Test
    void aKeyThatMayNotSignReadsNothing() {
        var before = store.calls().size();

        assertKind(Kind.SIGNATURE, () -> new Scrubber(writer(SigningKey.generate("stranger")), 0)
                .run(1, ScrubListener.NONE));

        assertThat(store.calls()).hasSize(before);
    }

    @Test
    void whereNothingMayBeReplacedWhatIsMissingComesBackAndTheRestIsNamed() throws Exception {
        flip(file(packs.get(0)));
        Files.delete(file(packs.get(1)));
        for (var method : List.of(FaultyStore.Method.REPLACE, FaultyStore.Method.DELETE)) {
            store.always(method, name -> name.startsWith("packs/"), new FaultyStore.Fault.Before(Kind.NOT_PERMITTED));
        }
        assertThat(scrub(Long.MAX_VALUE).damaged()).hasSize(2);

        var mended = mend();

        assertThat(mended.whole()).containsOnlyKeys(packs.get(1));
        assertThat(mended.failed()).containsOnlyKeys(packs.get(0));
        assertThat(mended.failed().values()).extracting(BackupException::kind).containsExactly(Kind.RETAINED);
        assertThat(state().damaged()).containsExactly(packs.get(0));
    }

    @Test
    void whatWasFoundDamagedByMistakeIsWholeAfterARepair() throws Exception {
        ledger.append(
                new Scrub(packs.get(0), packs.get(0), 1, 1, List.of(packs.get(0))), new TreeMap<>(), keys.shipper());
        var before = store.calls().size();

        assertThat(mend().whole()).containsOnlyKeys(packs.get(0));

        assertThat(store.calls().subList(before, store.calls().size()))
                .noneMatch(call -> call.startsWith("CREATE packs/") || call.startsWith("REPLACE packs/"));
        assertThat(state().damaged()).isEmpty();
    }

    @Test
    void aDryRunSaysWhatTheRunThenReadsAndWritesNothing() throws Exception {
        Files.delete(file(packs.get(2)));
        var before = store.calls().size();

        var plan = Scrubber.plan(target, ledger, made.storedBytes() / 3);

        assertThat(store.calls().subList(before, store.calls().size()))
                .noneMatch(call -> call.matches("(CREATE|REPLACE|DELETE|DIGESTS) .*"));
        assertThat(plan.missing()).containsExactly(packs.get(2));
        var scrubbed = scrub(made.storedBytes() / 3);
        assertThat(scrubbed.packs()).isEqualTo(plan.packs()).isLessThan(packs.size());
        assertThat(scrubbed.bytes()).isEqualTo(plan.bytes()).isGreaterThanOrEqualTo(made.storedBytes() / 3);
    }

    @Test
    void theOldestProofIsThatOfThePackThatNobodyReadSinceItCame() throws Exception {
        var stored = Files.getLastModifiedTime(file(packs.getLast())).toInstant();
        assertThat(state().oldestProof().orElseThrow()).isBeforeOrEqualTo(stored);

        scrub(Long.MAX_VALUE);

        assertThat(state().oldestProof())
                .contains(ledger.read().links().getLast().entry().time());
    }

    @Test
    void itReadsNoFasterThanItMay() throws Exception {
        var begun = System.nanoTime();

        new Scrubber(writer(keys.shipper()), 2 * made.storedBytes()).run(Long.MAX_VALUE, ScrubListener.NONE);

        // Half a second's worth, of which a quarter may go at once
        assertThat(System.nanoTime() - begun).isGreaterThan(240_000_000L);
    }

    /** Whose clock is ahead of this machine's. */
    private Repository ahead(Duration by) throws BackupException {
        return Repository.open(
                new ForwardingStore(store) {
                    @Override
                    public Optional<ObjectInfo> stat(String name) throws BackupException {
                        return super.stat(name)
                                .map(info -> new ObjectInfo(
                                        info.name(),
                                        info.size(),
                                        info.modified().plus(by)));
                    }
                },
                keys.signers());
    }

    @Test
    void byAClockThatIsWrongNothingIsEntered() throws Exception {
        flip(file(packs.getFirst()));
        var wrong = ahead(Duration.ofDays(365));
        var writer = new LedgerWriter(wrong, new Ledger(wrong), keys.shipper(), "test", UnaryOperator.identity());

        assertKind(Kind.FAILED, () -> new Scrubber(writer, 0).run(Long.MAX_VALUE, ScrubListener.NONE));

        assertThat(entered()).isEmpty();
        assertThat(directory.resolve("lock")).doesNotExist();
    }

    @Test
    void damageIsNamedAlthoughTheStoresClockIsAheadByMinutes() throws Exception {
        flip(file(packs.getFirst()));
        Files.setLastModifiedTime(
                file(packs.getFirst()), FileTime.from(Instant.now().plus(Duration.ofMinutes(5))));
        var ahead = ahead(Duration.ofMinutes(6));
        var writer = new LedgerWriter(ahead, new Ledger(ahead), keys.shipper(), "test", UnaryOperator.identity());

        new Scrubber(writer, 0).run(Long.MAX_VALUE, ScrubListener.NONE);

        assertThat(state().damaged()).containsExactly(packs.getFirst());
    }
}
