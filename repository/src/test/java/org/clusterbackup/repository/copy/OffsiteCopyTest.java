package org.clusterbackup.repository.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Offsite;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.clusterbackup.repository.verify.Finding;
import org.clusterbackup.repository.verify.Verifier;
import org.clusterbackup.repository.verify.VerifyOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies out of a staging that keeps only the index of what every target has. */
class OffsiteCopyTest {
    private final TestRepository keys = TestRepository.withNewKeys();
    private final MemoryStore stagingStore = new MemoryStore();
    private final MemoryStore targetStore = new MemoryStore();
    private final Path spool;
    private final Repository staging;
    private final Repository target;
    private final TestBackups backups;
    private final Manifest made;
    private final List<Sha256> packs;

    OffsiteCopyTest(@TempDir Path spool) throws Exception {
        this.spool = spool;
        staging = keys.staging(stagingStore);
        target = keys.target(targetStore, staging, "tape");
        backups = new TestBackups(keys, staging, spool);
        made = backups.store("host/a", "one", TestBackups.bytes(1 << 20, 1));
        var list = PackList.read(stagingStore, made);
        packs = IntStream.rangeClosed(1, list.count()).mapToObj(list::name).toList();
        var copied = copier(target).copy(made.ref(), CopyListener.NONE);
        copier(target)
                .ledger()
                .append(
                        new RecoveryPoint(
                                "one", RecoveryPoint.Status.COMPLETE, List.of(copied.standing()), List.of(), List.of()),
                        Map.of(),
                        keys.shipper());
        // As housekeeping leaves it
        var all = new BitSet();
        all.set(1, list.count() + 1);
        stagingStore.create(Offsite.list(made.ref()), Offsite.body(list, all, _ -> Instant.now()));
        packs.forEach(pack -> stagingStore.delete(PackSet.path(pack)));
    }

    private Copier copier(Repository to) throws BackupException {
        return new Copier(staging, to, CopyOptions.defaults(spool, "test"));
    }

    private List<String> marked() {
        return stagingStore.children("damaged");
    }

    private List<Finding> findings(MemoryStore store) throws BackupException {
        var findings = new ArrayList<Finding>();
        var _ = Verifier.verify(
                store,
                keys.signers(),
                VerifyOptions.structure(spool).withReadData(VerifyOptions.Share.all()),
                findings::add);
        return findings;
    }

    @Test
    void whatTheTargetHasIsNotMissed() throws Exception {
        var again = backups.store("host/a", "two", TestBackups.bytes(1 << 20, 1));

        var copied = copier(target).copy(again.ref(), CopyListener.NONE);

        assertThat(again.newBytes()).isZero();
        assertThat(copied.bytesPresent()).isEqualTo(made.storedBytes());
        assertThat(marked()).isEmpty();
    }

    @Test
    void allThatTheTargetHasLostIsMarkedAtOnce() {
        packs.forEach(pack -> targetStore.delete(PackSet.path(pack)));

        assertThatThrownBy(() -> copier(target).copy(made.ref(), CopyListener.NONE))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                .hasMessageContaining("copy --repair")
                .hasMessageContaining(packs.size() + " packs that " + made.ref() + " needs");

        assertThat(marked())
                .containsExactlyInAnyOrderElementsOf(
                        packs.stream().map(Sha256::hex).toList());
    }

    @Test
    void aTargetThatNeverHadItIsNoReasonToStoreItAgain() throws Exception {
        var later = keys.target(new MemoryStore(), staging, "later");

        assertThatThrownBy(() -> copier(later).copy(made.ref(), CopyListener.NONE))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OFF_SITE));
        assertThat(marked()).isEmpty();

        // And a copy from the other target is what helps
        new Copier(target, later, CopyOptions.defaults(spool, "test")).copy(made.ref(), CopyListener.NONE);
        assertThat(copier(later).copy(made.ref(), CopyListener.NONE).bytesPresent())
                .isEqualTo(made.storedBytes());
    }

    @Test
    void whatIsListedAndStillThereIsCopied() throws Exception {
        // Given a pack that housekeeping listed and had no time to delete
        var pack = packs.getFirst();
        stagingStore.objects.put(PackSet.path(pack), targetStore.bytes(PackSet.path(pack)));
        targetStore.delete(PackSet.path(pack));

        assertThat(copier(target).copy(made.ref(), CopyListener.NONE).bytesCopied())
                .isPositive();
        assertThat(marked()).isEmpty();
    }

    @Test
    void whatAScrubFoundAndStagingLetGoIsMarked() throws Exception {
        var pack = packs.getFirst();
        targetStore.delete(PackSet.path(pack));
        var writer = new LedgerWriter(target, copier(target).ledger(), keys.shipper(), "test", heads -> heads);

        var mended = new PackMending(staging, writer).mend(List.of(pack), CopyListener.NONE);

        assertThat(mended.failed()).containsOnlyKeys(pack);
        assertThat(mended.failed().get(pack)).hasMessageContaining("which it left when every target had it");
        assertThat(marked()).containsExactly(pack.hex());
    }

    @Test
    void verifySaysThatItIsOffSiteAndFindsNothingWrong() throws Exception {
        assertThat(findings(stagingStore)).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEmpty();
            assertThat(finding.message()).contains(packs.size() + " of " + packs.size() + " packs", "off-site");
        });

        // And another artifact's list is as good, since it took the packs from there
        stagingStore.objects.put(
                Offsite.list(made.ref()).replace("/2", "/1"), stagingStore.objects.remove(Offsite.list(made.ref())));
        assertThat(findings(stagingStore)).hasSize(1).allMatch(finding -> finding.kind()
                .isEmpty());
    }

    @Test
    void noListHidesDamage() throws Exception {
        // Given one whose list lacks a pack, and a target with a list that somebody put there
        var list = stagingStore.bytes(Offsite.list(made.ref()));
        var line = list.length / packs.size();
        stagingStore.replace(Offsite.list(made.ref()), Body.of(Arrays.copyOf(list, list.length - line)));
        targetStore.replace(Offsite.list(made.ref()), Body.of(list));
        targetStore.delete(PackSet.path(packs.getFirst()));

        assertThat(findings(stagingStore))
                .filteredOn(finding -> finding.kind().isPresent())
                .extracting(Finding::object)
                .containsExactly(PackSet.path(packs.getLast()));
        assertThat(findings(targetStore))
                .filteredOn(finding -> finding.kind().isPresent())
                .extracting(Finding::object)
                .containsExactlyInAnyOrder(PackSet.path(packs.getFirst()), Offsite.list(made.ref()));
    }
}
