package org.clusterbackup.shipper;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.RecoveryPointDue;
import org.clusterbackup.events.RecoveryPointReached;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.CopyOptions;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.ledger.Retirement;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.DirectoryStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryPointsTest {
    private static final TargetName HERE = new TargetName("here");
    private static final String STAYS = "host/node-a";
    private static final String GONE = "host/node-b";

    private final TestRepository keys;
    private final TestBackups backups;
    private final Ends ends;
    private final Surroundings surroundings = new Surroundings();

    RecoveryPointsTest(@TempDir Path folder) throws Exception {
        keys = TestRepository.withNewKeys();
        var staging = keys.staging(Files.createDirectory(folder.resolve("staging")));
        backups = new TestBackups(keys, staging, folder.resolve("spool"));
        var target = new DirectoryStore(Files.createDirectory(folder.resolve("target")));
        keys.target(target, staging, HERE.value());
        ends = Ends.open(
                staging.store(),
                target,
                HERE.value(),
                keys.signers(),
                keys.shipper(),
                CopyOptions.defaults(folder.resolve("spool"), "test"));
    }

    @AfterEach
    void close() {
        ends.close();
    }

    private void shipped(String run, String... sources) throws BackupException {
        for (var source : sources) {
            var made = backups.store(source, run, TestBackups.bytes(1000, source.hashCode()));
            var _ = ends.copier().copy(made.ref(), CopyListener.NONE);
        }
    }

    private RecoveryPoint entered(boolean oneReplica, String run, String... due) throws BackupException {
        var now = Instant.now();
        var _ = new RecoveryPoints(ends, surroundings, oneReplica)
                .enter(new RecoveryPointDue(
                        run,
                        Optional.empty(),
                        HERE.value(),
                        List.of(due),
                        List.of(),
                        now.minusSeconds(60),
                        now.plusSeconds(3600)));
        return ends.ledger().read().lastRecoveryPoint().orElseThrow();
    }

    private RecoveryPoint entered(String run, String... due) throws BackupException {
        return entered(false, run, due);
    }

    /** @param about whom the note names, which need not be whose place it is put in */
    private void retire(String source, String about, SigningKey signer) throws BackupException {
        var note = JsonLayout.write(JsonLayout.object()
                .put("format", 1)
                .put("repository", ends.staging().description().repository())
                .put("source", about)
                .put("time", Instant.now().toString())
                .put("reason", "a test"));
        ends.staging().store().replace("retired/" + source + ".sig", Body.of(signer.sign(note)));
        ends.staging().store().replace("retired/" + source, Body.of(note));
    }

    private long retirements() throws BackupException {
        return ends.ledger().read().bodies(Retirement.class).count();
    }

    @Test
    void setWithOneWholeStreamIsCompleteWhereOneReplicaIsAllThatWasWanted() throws Exception {
        announcedAndSpared("brick/gv0/0/node-a", 0, false);
        announcedAndSpared("brick/gv0/1/node-b", 1, true);
        shipped("r1", "brick/gv0/0/node-a");

        var wantsAll = entered(false, "r1", "brick/gv0/0/node-a", "brick/gv0/1/node-b");
        var wantsOne = entered(true, "r1", "brick/gv0/0/node-a", "brick/gv0/1/node-b");

        assertThat(wantsAll.status()).isEqualTo(RecoveryPoint.Status.DEGRADED);
        assertThat(wantsOne.status()).isEqualTo(RecoveryPoint.Status.COMPLETE);
        assertThat(wantsOne.missing()).isEmpty();
    }

    private void announcedAndSpared(String brick, long index, boolean spared) {
        surroundings.apply(
                new SourceAnnounced(
                        brick,
                        "brick",
                        Optional.of("node"),
                        Optional.of("gv0"),
                        Optional.of(index),
                        Optional.of("gv0/0"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Instant.now()),
                HERE);
        if (spared) {
            surroundings.apply(
                    new BackupFailed(
                            brick,
                            Optional.of("r1"),
                            "request",
                            Optional.empty(),
                            BackupFailed.SPARED,
                            "left to a replica",
                            true,
                            Instant.now()),
                    HERE);
        }
    }

    @Test
    void encryptedStoreIsDegradedUntilAHostHasWhatOpensIt() throws Exception {
        var etcd = JsonLayout.object();
        etcd.putObject("kubernetes").putArray("encryption").add("aescbc");
        var host = JsonLayout.object();
        host.putArray("encryptionConfigs").add("/etc/kubernetes/enc.yaml");
        shipped("etcd/main", ArtifactKind.ETCD, etcd);
        shipped("host/worker", ArtifactKind.HOST_STATE, JsonLayout.object());

        var without = entered("r1", "etcd/main", "host/worker");
        shipped("host/control-plane", ArtifactKind.HOST_STATE, host);
        var with = entered("r1", "etcd/main", "host/worker", "host/control-plane");

        assertThat(without.status()).isEqualTo(RecoveryPoint.Status.DEGRADED);
        assertThat(without.missing()).isEmpty();
        assertThat(without.reasons()).singleElement().asString().contains("etcd/main", "aescbc");
        assertThat(with.status()).isEqualTo(RecoveryPoint.Status.COMPLETE);
        assertThat(with.notes()).singleElement().asString().contains("host/control-plane");
    }

    private void shipped(String source, ArtifactKind kind, ObjectNode details) throws BackupException {
        var made = backups.store(source, "r1", TestBackups.bytes(1000, source.hashCode()), kind, details);
        var _ = ends.copier().copy(made.ref(), CopyListener.NONE);
    }

    @Test
    void whatNoEventNamesAnyMoreStaysExpected() throws Exception {
        shipped("r1", STAYS, GONE);
        entered("r1", STAYS, GONE);
        shipped("r2", STAYS);

        var point = entered("r2", STAYS);

        assertThat(point.missing()).extracting(RecoveryPoint.Missing::source).containsExactly(new SourceName(GONE));
    }

    @Test
    void retiredSourceIsEnteredOnceAndExpectedNoMore() throws Exception {
        shipped("r1", STAYS, GONE);
        entered("r1", STAYS, GONE);
        retire(GONE, GONE, keys.operator());
        shipped("r2", STAYS);

        var point = entered("r2", STAYS);
        entered("r3", STAYS);

        assertThat(point.missing()).isEmpty();
        assertThat(point.status()).isEqualTo(RecoveryPoint.Status.COMPLETE);
        assertThat(retirements()).isOne();
    }

    @Test
    void sourceThatTheEventNamesIsNotRetired() throws Exception {
        shipped("r1", STAYS, GONE);
        entered("r1", STAYS, GONE);
        retire(GONE, GONE, keys.operator());

        var point = entered("r2", STAYS, GONE);

        assertThat(point.missing()).extracting(RecoveryPoint.Missing::source).contains(new SourceName(GONE));
        assertThat(retirements()).isZero();
    }

    @Test
    void sourceThatCameBackIsExpectedAgainWhateverTheOldNoteSays() throws Exception {
        shipped("r1", STAYS, GONE);
        entered("r1", STAYS, GONE);
        retire(GONE, GONE, keys.operator());
        entered("r2", STAYS);
        shipped("r3", STAYS, GONE);
        entered("r3", STAYS, GONE);
        shipped("r4", STAYS);

        var point = entered("r4", STAYS);

        assertThat(point.missing()).extracting(RecoveryPoint.Missing::source).containsExactly(new SourceName(GONE));
        assertThat(retirements()).isOne();
    }

    @Test
    void noteThatIsNotToBeBelievedRetiresNothing() throws Exception {
        shipped("r1", STAYS, GONE);
        entered("r1", STAYS, GONE);

        retire(GONE, GONE, SigningKey.generate("stranger"));
        assertThat(entered("r2", STAYS).missing()).as("a stranger's").isNotEmpty();
        retire(GONE, STAYS, keys.operator());
        assertThat(entered("r3", STAYS).missing()).as("another source's").isNotEmpty();

        assertThat(retirements()).isZero();
    }

    @Test
    void manifestInThePlaceOfANoteRetiresNothing() throws Exception {
        shipped("r1", STAYS, GONE);
        entered("r1", STAYS, GONE);
        var staging = ends.staging().store();
        var manifest = ends.staged().list(new SourceName(GONE)).getFirst();
        for (var suffix : List.of(".sig", "")) {
            try (var in = staging.open(manifest.object("manifest.json" + suffix))) {
                staging.replace("retired/" + GONE + suffix, Body.of(in.readAllBytes()));
            }
        }

        assertThat(entered("r2", STAYS).missing())
                .extracting(RecoveryPoint.Missing::source)
                .contains(new SourceName(GONE));
    }

    @Test
    void lastOfEachScheduleIsAnnouncedAgain() throws Exception {
        for (var run : List.of(
                "yearly-20250101t000000z",
                "yearly-20260101t000000z",
                "manual-1",
                "nightly-20260102t030000z",
                "manual-2")) {
            entered(run, STAYS);
        }

        assertThat(new RecoveryPoints(ends, surroundings, false).newest())
                .extracting(RecoveryPointReached::run)
                .containsExactly("yearly-20260101t000000z", "nightly-20260102t030000z", "manual-2");
    }
}
