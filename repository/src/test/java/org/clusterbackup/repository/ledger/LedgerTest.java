package org.clusterbackup.repository.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Proof;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.repository.store.testing.FaultyStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final SourceName SOURCE = new SourceName("host/a");
    private final Path directory;
    private final TestRepository keys = TestRepository.withNewKeys();
    private final Repository target;
    private final Ledger ledger;

    LedgerTest(@TempDir Path staging, @TempDir Path directory) throws Exception {
        this.directory = directory;
        target = keys.target(new DirectoryStore(directory), keys.staging(staging), "tape");
        ledger = new Ledger(target);
    }

    @Test
    void everyKindOfEntryComesBack() throws Exception {
        var digest = Sha256.of(new byte[0]);
        var id = new ArtifactId("20261122T010203004Z-0a0b0c0d");
        var bodies = List.<LedgerBody>of(
                recoveryPoint("one"),
                new Deletion(
                        List.of(
                                new Deletion.Deleted(SOURCE, id, digest, Optional.empty()),
                                new Deletion.Deleted(
                                        SOURCE,
                                        id,
                                        digest,
                                        Optional.of(new Deletion.Arrival(Instant.EPOCH, Instant.EPOCH.plusMillis(1))))),
                        "too old"),
                new Scrub(digest, digest, 1, 2, List.of(digest)),
                new DrillResult("drills/x.json", digest, true, "one", Instant.EPOCH, false),
                new KeyChange(digest, 2),
                new Retirement(SOURCE, digest));
        for (var body : bodies) {
            ledger.append(body, Map.of(), keys.shipper());
        }

        var chain = new Ledger(target).read();

        chain.requireWhole();
        assertThat(chain.bodies(LedgerBody.class)).containsExactlyElementsOf(bodies);
    }

    @Test
    void aStoreThatIsAwayIsNoDamage() throws Exception {
        ledger.append(recoveryPoint("one"), Map.of(), keys.shipper());
        var store = new FaultyStore(new DirectoryStore(directory));
        var away = new Ledger(Repository.open(store, keys.signers()));
        store.always(
                FaultyStore.Method.OPEN,
                name -> name.startsWith("ledger/"),
                new FaultyStore.Fault.Before(Kind.UNREACHABLE));

        assertThatThrownBy(away::read).isInstanceOfSatisfying(BackupException.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.UNREACHABLE));
    }

    @Test
    void theLastRecoveryPointOfARunCounts() throws Exception {
        ledger.append(recoveryPoint("one"), Map.of(), keys.shipper());
        var late = ledger.append(
                new RecoveryPoint("one", RecoveryPoint.Status.COMPLETE, List.of(), List.of(), List.of()),
                Map.of(),
                keys.shipper());
        ledger.append(recoveryPoint("two"), Map.of(), keys.shipper());

        assertThat(ledger.read().recoveryPointOf("one").orElseThrow().head()).isEqualTo(late.head());
    }

    @Test
    void anEntryCarriesTheHeadsOfOtherTargets() throws Exception {
        var head = new LedgerHead(7, Sha256.of(new byte[1]));
        ledger.append(recoveryPoint("one"), Map.of(new TargetName("far"), head), keys.shipper());

        assertThat(ledger.read().otherHeads()).containsExactly(Map.entry(new TargetName("far"), head));
    }

    @Test
    void aRollBackShowsAgainstAHeadThatWasSeen() throws Exception {
        ledger.append(recoveryPoint("one"), Map.of(), keys.shipper());
        var seen = ledger.append(recoveryPoint("two"), Map.of(), keys.shipper()).head();
        Files.delete(directory.resolve(seen.object()));
        Files.delete(directory.resolve(seen.object() + ".sig"));

        var chain = ledger.read();

        assertThat(chain.problems()).isEmpty();
        assertThat(chain.contains(seen)).isFalse();
    }

    @Test
    void aForkCountsAndIsNamedByTheNextEntry(@TempDir Path copy) throws Exception {
        ledger.append(recoveryPoint("one"), Map.of(), keys.shipper());
        var other = ledger.append(recoveryPoint("other"), Map.of(), keys.shipper());
        for (var name : List.of(other.head().object(), other.head().object() + ".sig")) {
            Files.createDirectories(copy.resolve("ledger"));
            Files.move(directory.resolve(name), copy.resolve(name));
        }
        ledger.append(recoveryPoint("two"), Map.of(), keys.shipper());
        for (var name : List.of(other.head().object(), other.head().object() + ".sig")) {
            Files.move(copy.resolve(name), directory.resolve(name));
        }
        assertThat(ledger.read().heads()).hasSize(2);

        var next = ledger.append(recoveryPoint("three"), Map.of(), keys.shipper());

        assertThat(next.entry().previous()).hasSize(2);
        assertThat(ledger.read().problems()).isEmpty();
    }

    @Test
    void aMissingEntryIsNamedAndNothingIsAppendedAfterIt() throws Exception {
        ledger.append(recoveryPoint("one"), Map.of(), keys.shipper());
        var gone = ledger.append(recoveryPoint("two"), Map.of(), keys.shipper()).head();
        ledger.append(recoveryPoint("three"), Map.of(), keys.shipper());
        Files.delete(directory.resolve(gone.object()));

        assertThat(ledger.read().problems())
                .anySatisfy(p -> assertThat(p.object()).isEqualTo(gone.object()));
        assertThatThrownBy(() -> ledger.append(recoveryPoint("four"), Map.of(), keys.shipper()))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED));
    }

    @Test
    void anEntryOfAnotherSignerIsRefused() {
        assertThatThrownBy(() -> ledger.append(recoveryPoint("one"), Map.of(), keys.agent()))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SIGNATURE));
    }

    @Test
    void anEntryThatCameByAnEventIsBelievedOnlyWithItsSignature() throws Exception {
        var made = ledger.append(recoveryPoint("one"), Map.of(), keys.shipper());
        var name = new TargetName("tape");

        assertThat(Ledger.ofEvent(target, name, made.text(), made.signature()).head())
                .isEqualTo(made.head());
        assertThatThrownBy(() -> Ledger.ofEvent(target, name, made.text() + " ", made.signature()))
                .isInstanceOf(BackupException.class);
        assertThatThrownBy(() -> Ledger.ofEvent(target, new TargetName("other"), made.text(), made.signature()))
                .isInstanceOf(BackupException.class);
    }

    private static RecoveryPoint recoveryPoint(String run) {
        var standing = new RecoveryPoint.Standing(
                SOURCE,
                new ArtifactId("20261122T010203004Z-0a0b0c0d"),
                Optional.of(run),
                Instant.EPOCH,
                Sha256.of(new byte[0]),
                Proof.REMOTE_DIGEST,
                Instant.EPOCH);
        return new RecoveryPoint(
                run,
                RecoveryPoint.Status.DEGRADED,
                List.of(standing),
                List.of(new RecoveryPoint.Missing(new SourceName("host/b"), "it is silent")),
                List.of(new RecoveryPoint.Note(SOURCE, true, "its key is not there")));
    }
}
