package org.clusterbackup.repository.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SmallObject;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.copy.Copied;
import org.clusterbackup.repository.copy.Copier;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.CopyOptions;
import org.clusterbackup.repository.ledger.Deletion;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.LedgerHead;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plays every alteration of a small target: what someone without a signing key can do to it is found by name. */
class VerifierTest {
    private final TestRepository keys = TestRepository.withNewKeys();
    private final MemoryStore store = new MemoryStore();
    private final MemoryStore stagingStore = new MemoryStore();
    private final Path spool;
    private final Repository target;
    private final Copied first;
    private final Copied second;
    private final LedgerHead head;

    VerifierTest(@TempDir Path spool) throws Exception {
        this.spool = spool;
        var staging = keys.staging(stagingStore);
        target = keys.target(store, staging, "tape");
        var backups = new TestBackups(keys, staging, spool);
        var copier = new Copier(staging, target, CopyOptions.defaults(spool, "test"));
        first = copier.copy(
                backups.store("host/a", "one", TestBackups.bytes(600, 1)).ref(), CopyListener.NONE);
        enter(copier.ledger(), "one", first);
        second = copier.copy(
                backups.store("brick/gv0/0/a", "two", TestBackups.bytes(500, 2)).ref(), CopyListener.NONE);
        head = enter(copier.ledger(), "two", second);
    }

    private LedgerHead enter(Ledger ledger, String run, Copied copied) throws BackupException {
        var point =
                new RecoveryPoint(run, RecoveryPoint.Status.COMPLETE, List.of(copied.standing()), List.of(), List.of());
        return ledger.append(point, Map.of(), keys.shipper()).head();
    }

    @Test
    void aWholeRepositoryHasNoFindings() throws Exception {
        var findings = new ArrayList<Finding>();

        var report = Verifier.verify(store, keys.signers(), everything(), findings::add);

        assertThat(findings).isEmpty();
        assertThat(report.isWhole()).isTrue();
        assertThat(report.artifacts()).isEqualTo(2);
        assertThat(report.ledgerEntries()).isEqualTo(2);
        assertThat(report.packsProved()).isEqualTo(report.packs()).isPositive();
        assertThat(report.bytesProved()).isEqualTo(report.packBytes());
    }

    @Test
    void whyTheLastRecoveryPointIsNotCompleteIsSaidAndNoError() throws Exception {
        var sources = List.of(first.standing());
        var note = new RecoveryPoint.Note(new SourceName("host/a"), true, "its key is not there");
        var missing = new RecoveryPoint.Missing(new SourceName("host/b"), "it is silent");
        var _ = new Ledger(target)
                .append(
                        new RecoveryPoint(
                                "three", RecoveryPoint.Status.DEGRADED, sources, List.of(missing), List.of(note)),
                        Map.of(),
                        keys.shipper());
        var findings = new ArrayList<Finding>();

        var report = Verifier.verify(store, keys.signers(), everything(), findings::add);

        assertThat(report.isWhole()).isTrue();
        assertThat(findings)
                .extracting(Finding::message)
                .containsExactly(
                        "the last recovery point, three, is degraded: host/b: it is silent",
                        "the last recovery point, three, is degraded: its key is not there");
    }

    @Test
    void everyFlippedByteOfArtifactsPacksAndLedgerIsFoundByName() {
        for (var name : store.objects.keySet()) {
            if (name.contains("/")) {
                everyFlippedByteIsFound(store, name);
            }
        }
    }

    /** In a repository without artifacts, since nothing else of it is looked at for these. */
    @Test
    void everyFlippedByteOfTheOtherObjectsIsFoundByName() throws Exception {
        var empty = new MemoryStore();
        keys.staging(empty);
        for (var name : empty.objects.keySet()) {
            everyFlippedByteIsFound(empty, name);
        }
    }

    private void everyFlippedByteIsFound(MemoryStore whole, String name) {
        var bytes = whole.bytes(name);
        IntStream.range(0, bytes.length).parallel().forEach(i -> {
            var flipped = bytes.clone();
            flipped[i] ^= (byte) (1 << (i % 8));
            var altered = whole.copy();
            altered.objects.put(name, flipped);
            try {
                assertFound(altered, name, "byte " + i + " flipped");
            } catch (BackupException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void everyObjectCutOrLengthenedIsFoundByName() throws Exception {
        for (var name : List.copyOf(store.objects.keySet())) {
            var whole = store.bytes(name);
            for (var length : new int[] {0, 1, whole.length / 2, whole.length - 1, whole.length + 1}) {
                var altered = store.copy();
                altered.objects.put(name, Arrays.copyOf(whole, length));
                assertFound(altered, name, "cut to " + length);
            }
        }
    }

    @Test
    void everyObjectRemovedIsFoundByName() throws Exception {
        for (var name : List.copyOf(store.objects.keySet())) {
            // The newest entry's removal shows only against a head that was seen: a test of its own.
            if (!name.startsWith(head.object())) {
                var altered = store.copy();
                altered.objects.remove(name);
                assertFound(altered, name, "removed");
            }
        }
    }

    @Test
    void everyObjectSwappedWithAnotherIsFoundByName() throws Exception {
        var names = List.copyOf(store.objects.keySet());
        for (var one : names) {
            for (var other : names) {
                if (one.compareTo(other) < 0) {
                    var altered = store.copy();
                    altered.objects.put(one, store.bytes(other));
                    altered.objects.put(other, store.bytes(one));
                    var findings = verify(altered);
                    assertNamed(findings, one, "swapped with " + other);
                    assertNamed(findings, other, "swapped with " + one);
                }
            }
        }
    }

    /** Without a repository.json that can be believed nothing else can be judged. */
    private static boolean isUnreadable(Finding finding) {
        return finding.object().equals("repository.json");
    }

    @Test
    void everyAddedObjectIsFoundByName() throws Exception {
        var pack = Sha256.of(new byte[] {1}).hex();
        for (var name : List.of(
                "x",
                "packs/x",
                "packs/00/" + "1".repeat(64),
                "packs/" + pack.substring(0, 2) + "/" + pack,
                "artifacts/x",
                "artifacts/host/a/x",
                first.manifest().ref().object("index"),
                first.manifest().ref().object("more"),
                "artifacts/Host/20261122T010203004Z-0a0b0c0d/manifest.json",
                "artifacts/host/z/20261122T010203004Z-0a0b0c0d/manifest.json",
                "ledger/x",
                "ledger/0000000003-0123456789abcdef.json",
                "condemned/x",
                "condemned/20261122T010203004Z-0a0b0c0d",
                "bases/host/a/one",
                "damaged/" + pack,
                "drills/x.json",
                "repository.json.bak",
                "manifest.json")) {
            var altered = store.copy();
            altered.objects.put(name, "other bytes".getBytes(StandardCharsets.UTF_8));
            assertFound(altered, name, "added");
        }
    }

    @Test
    void whatIsSignedInThePlaceOfADrillsReportAndIsNoneIsFoundByName() throws Exception {
        var bytes = "{\"format\":1}".getBytes(StandardCharsets.UTF_8);
        store.objects.put("drills/x.json", bytes);
        store.objects.put("drills/x.json.sig", keys.operator().sign(bytes).getBytes(StandardCharsets.UTF_8));

        assertFound(store, "drills/x.json", "no report");
    }

    @Test
    void aWorkFileThatNobodyCanHaveWrittenIsFoundAndTheRestIsVerified() throws Exception {
        var name = "condemned/20261122T010203004Z-0a0b0c0d";
        store.objects.put(name, new byte[SmallObject.MAX_WORK_FILE_BYTES + 1]);
        store.bytes("RESTORE.md")[0] ^= 1;

        assertNamed(verify(store), name, "too long");
        assertNamed(verify(store), "RESTORE.md", "flipped beside it");
    }

    @Test
    void theFarSideNamesADamagedPackBeforeARestore() throws Exception {
        var packs = PackList.read(store, first.manifest());
        var proved = new AtomicLong();
        FarSide.requireWhole(store, packs, proved::addAndGet);
        assertThat(proved).hasValue(packs.bytes());
        var pack = PackSet.path(packs.name(1));
        store.bytes(pack)[0] ^= 1;

        assertThatThrownBy(() -> FarSide.requireWhole(store, packs, bytes -> {}))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                .hasMessageContaining(pack);
    }

    @Test
    void aRolledBackLedgerIsFoundAgainstAHeadThatWasSeen() throws Exception {
        var altered = store.copy();
        altered.objects.keySet().removeIf(name -> name.startsWith(head.object()));
        altered.objects
                .keySet()
                .removeIf(name -> name.startsWith(second.manifest().ref().folder()));
        var findings = new ArrayList<Finding>();

        var report = Verifier.verify(altered, keys.signers(), everything(head), findings::add);

        assertThat(report.kinds()).containsExactly(Kind.DAMAGED);
        assertThat(findings).filteredOn(VerifierTest::isError).anyMatch(f -> f.message()
                .contains(head.object()));
    }

    @Test
    void anArtifactThatWasEnteredForDeletionMayBeAbsent() throws Exception {
        var ref = first.manifest().ref();
        var _ = new Ledger(target)
                .append(
                        new Deletion(
                                List.of(new Deletion.Deleted(
                                        ref.source(), ref.artifact(), first.manifestSha256(), Optional.empty())),
                                "too old"),
                        Map.of(),
                        keys.shipper());
        store.objects.keySet().removeIf(name -> name.startsWith(ref.folder()));

        assertThat(verify(store)).noneMatch(VerifierTest::isError).anyMatch(f -> f.message()
                .contains("unreferenced"));
    }

    @Test
    void whatAKillLeftIsSaidAndNoError() throws Exception {
        store.objects.put("artifacts/host/b/20261122T010203004Z-0a0b0c0d/packs", new byte[0]);
        store.objects.put("artifacts/host/b/20261122T010203004Z-0a0b0c0d/manifest.json.sig", new byte[3]);
        store.objects.put("ledger/0000000003-0123456789abcdef.json.sig", new byte[3]);
        store.objects.put("repository.json.0123456789abcdef.sig", new byte[3]);
        var pack = new byte[] {1, 2, 3};
        var name = Sha256.of(pack).hex();
        store.objects.put("packs/" + name.substring(0, 2) + "/" + name, pack);

        assertThat(verify(store)).hasSize(5).noneMatch(VerifierTest::isError);
    }

    @Test
    void withoutReadingDataAllButTheBytesOfPacksIsVerified() throws Exception {
        var pack = store.objects.keySet().stream()
                .filter(name -> name.startsWith("packs/"))
                .findFirst()
                .orElseThrow();
        store.bytes(pack)[0] ^= 1;
        var findings = new ArrayList<Finding>();

        var report = Verifier.verify(store, keys.signers(), VerifyOptions.structure(spool), findings::add);

        assertThat(findings).isEmpty();
        assertThat(report.packsProved()).isZero();
    }

    @Test
    void theSharesOfReadingAreTogetherEverything() throws Exception {
        var proved = 0L;
        for (var part = 1; part <= 3; part++) {
            var options = VerifyOptions.structure(spool).withReadData(new VerifyOptions.Share(part, 3));
            proved += Verifier.verify(store, keys.signers(), options, f -> {}).packsProved();
        }

        assertThat(proved)
                .isEqualTo(store.objects.keySet().stream()
                        .filter(n -> n.startsWith("packs/"))
                        .count());
    }

    @Test
    void stagingIsVerifiedWithItsIndex() throws Exception {
        assertThat(verify(stagingStore)).isEmpty();
        var index = first.manifest().ref().object(ArtifactRef.INDEX);
        stagingStore.objects.put(index, new byte[3]);

        assertThat(verify(stagingStore)).anyMatch(f -> isError(f) && f.object().equals(index));
    }

    @Test
    void stagingInThePlaceOfATargetIsFoundByTheHeadThatIsExpected() throws Exception {
        var findings = new ArrayList<Finding>();

        var report = Verifier.verify(stagingStore, keys.signers(), everything(head), findings::add);

        assertThat(report.kinds()).containsExactly(Kind.DAMAGED);
    }

    @Test
    void everyKindOfWhatIsFoundIsReported() throws Exception {
        store.objects.put(first.manifest().ref().object(ArtifactRef.SIGNATURE), new byte[3]);
        store.objects.put("x", new byte[0]);

        var report = Verifier.verify(store, keys.signers(), everything(), f -> {});

        assertThat(report.kinds()).contains(Kind.SIGNATURE, Kind.DAMAGED);
    }

    private VerifyOptions everything(LedgerHead... expected) {
        return new VerifyOptions(Optional.of(VerifyOptions.Share.all()), List.of(expected), Optional.empty(), spool);
    }

    private static boolean isError(Finding finding) {
        return finding.kind().isPresent();
    }

    private void assertFound(MemoryStore altered, String name, String how) throws BackupException {
        assertNamed(verify(altered), name, how);
    }

    private static void assertNamed(List<Finding> findings, String name, String how) {
        assertThat(findings)
                .as("%s %s", name, how)
                .anyMatch(f -> (isError(f) && f.message().contains(name)) || isUnreadable(f));
    }

    private List<Finding> verify(MemoryStore altered) throws BackupException {
        var findings = new ArrayList<Finding>();
        var report = Verifier.verify(altered, keys.signers(), everything(), findings::add);
        assertThat(report.isWhole()).isEqualTo(findings.stream().noneMatch(VerifierTest::isError));
        return findings;
    }
}
