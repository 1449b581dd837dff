package org.clusterbackup.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.clusterbackup.events.DrillEntered;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.CopyOptions;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.drill.DrillReport;
import org.clusterbackup.repository.drill.DrillReports;
import org.clusterbackup.repository.drill.Drilled;
import org.clusterbackup.repository.ledger.DrillResult;
import org.clusterbackup.repository.ledger.LedgerHead;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.repository.store.testing.FaultyStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrillsTest {
    private static final TargetName HERE = new TargetName("here");

    private final TestRepository keys;
    private final FaultyStore target;
    private final Ends ends;
    private final Drills drills;
    private final RecoveryPoint point;
    private final LedgerHead entry;

    DrillsTest(@TempDir Path folder) throws Exception {
        keys = TestRepository.withNewKeys();
        var staging = keys.staging(Files.createDirectory(folder.resolve("staging")));
        target = new FaultyStore(new DirectoryStore(Files.createDirectory(folder.resolve("target"))));
        keys.target(target, staging, HERE.value());
        ends = Ends.open(
                staging.store(),
                target,
                HERE.value(),
                keys.signers(),
                keys.shipper(),
                CopyOptions.defaults(folder.resolve("spool"), "test"));
        drills = new Drills(ends, new Surroundings(), Clock.systemUTC());
        var made = new TestBackups(keys, staging, folder.resolve("spool"))
                .store("host/node-a", "r1", TestBackups.bytes(1000, 1));
        var standing = ends.copier().copy(made.ref(), CopyListener.NONE).standing();
        point = new RecoveryPoint("r1", RecoveryPoint.Status.COMPLETE, List.of(standing), List.of(), List.of());
        entry = ends.ledger().append(point, new TreeMap<>(), keys.shipper()).head();
    }

    @AfterEach
    void close() {
        ends.close();
    }

    private DrillReport report(Instant time, LedgerHead of, Sha256 manifest) {
        var standing = point.sources().getFirst();
        return new DrillReport(
                ends.target().description().repository(),
                HERE,
                time.truncatedTo(ChronoUnit.MILLIS),
                "r1",
                of,
                "1",
                false,
                List.of(),
                Duration.ofSeconds(3),
                Optional.empty(),
                List.of(new Drilled(
                        new ArtifactRef(standing.source(), standing.artifact()),
                        manifest,
                        Optional.of("stream"),
                        Drilled.Result.READ,
                        3000,
                        1000,
                        new TreeMap<>(),
                        Optional.empty(),
                        Optional.empty())));
    }

    private DrillReport report(Instant time) {
        return report(time, entry, point.sources().getFirst().manifestSha256());
    }

    private String leave(DrillReport report) throws BackupException {
        return new DrillReports(ends.target()).leave(report, keys.operator());
    }

    private void put(String name, byte[] bytes, SigningKey signer) throws BackupException {
        target.replace(name + ".sig", Body.of(signer.sign(bytes)));
        target.replace(name, Body.of(bytes));
    }

    private List<DrillResult> inLedger() throws BackupException {
        return ends.ledger().read().bodies(DrillResult.class).toList();
    }

    @Test
    void reportIsEnteredOnceAndAnnounced() throws Exception {
        var report = report(Instant.now());
        var name = leave(report);

        var entered = drills.enter();
        var again = drills.enter();

        assertThat(entered).hasSize(1);
        assertThat(again).isEmpty();
        assertThat(inLedger())
                .containsExactly(new DrillResult(name, Sha256.of(report.toBytes()), true, "r1", report.time(), true));
        assertThat(drills.newest()).contains(entered.getFirst());
        assertThat(new Drills(ends, new Surroundings(), Clock.systemUTC()).enter())
                .as("after a restart")
                .isEmpty();
    }

    @Test
    void newestIsThatWhichBeganLast() throws Exception {
        leave(report(Instant.now()));
        var newest = drills.enter();
        leave(report(Instant.now().minusSeconds(30)));
        assertThat(drills.enter()).hasSize(1);

        assertThat(drills.newest()).contains(newest.getFirst());
    }

    @Test
    void withoutADrillNothingIsLockedNorAnnounced() throws Exception {
        var before = target.calls().size();

        assertThat(drills.enter()).isEmpty();
        assertThat(drills.newest()).isEmpty();

        assertThat(target.calls().subList(before, target.calls().size())).doesNotContain("CREATE lock");
    }

    @Test
    void whatIsNotToBeBelievedIsNeverEnteredAndHoldsUpNothing() throws Exception {
        var now = Instant.now();
        var manifest = point.sources().getFirst().manifestSha256();
        var good = report(now).toBytes();
        put("drills/stranger.json", good, SigningKey.generate("stranger"));
        put("drills/shipper.json", good, keys.shipper());
        put("drills/future.json", report(now.plus(Duration.ofHours(1))).toBytes(), keys.operator());
        put("drills/past.json", report(Instant.EPOCH).toBytes(), keys.operator());
        put("drills/manifest.json", report(now, entry, Sha256.of(good)).toBytes(), keys.operator());
        var elsewhere = new LedgerHead(entry.number(), Sha256.of(good));
        put("drills/elsewhere.json", report(now, elsewhere, manifest).toBytes(), keys.operator());
        put("drills/empty.json", new byte[0], keys.operator());
        put("drills/list.json", "[]".getBytes(StandardCharsets.UTF_8), keys.operator());
        put("drills/newer.json", "{\"format\":2}".getBytes(StandardCharsets.UTF_8), keys.operator());
        target.replace("drills/unsigned.json", Body.of(good));
        target.replace("drills/.json", Body.of(good));
        var name = leave(report(now.minusSeconds(5)));

        assertThat(drills.enter()).hasSize(1);
        var opened = target.calls().size();
        assertThat(drills.enter()).isEmpty();

        assertThat(inLedger()).extracting(DrillResult::report).containsExactly(name);
        assertThat(target.calls().subList(opened, target.calls().size()))
                .as("what was refused is not read again")
                .noneMatch(call -> call.startsWith("OPEN drills/"));
    }

    @Test
    void copyUnderAnotherNameIsNoFurtherDrill() throws Exception {
        var report = report(Instant.now());
        leave(report);
        assertThat(drills.enter()).hasSize(1);
        put("drills/zz.json", report.toBytes(), keys.operator());

        assertThat(drills.enter()).isEmpty();
        assertThat(inLedger()).hasSize(1);
    }

    @Test
    void refusedOneThatIsReplacedIsLookedAtAgain() throws Exception {
        target.replace("drills/a.json", Body.of("cut".getBytes(StandardCharsets.UTF_8)));
        assertThat(drills.enter()).isEmpty();

        put("drills/a.json", report(Instant.now()).toBytes(), keys.operator());

        assertThat(drills.enter()).hasSize(1);
    }

    @Test
    void storeThatIsAwayIsNoReasonToRefuse() throws Exception {
        leave(report(Instant.now()));
        target.next(FaultyStore.Method.LIST, new FaultyStore.Fault.Before(Kind.UNREACHABLE));
        assertThatThrownBy(drills::enter).isInstanceOf(BackupException.class);
        target.always(
                FaultyStore.Method.OPEN,
                name -> name.startsWith("drills/"),
                new FaultyStore.Fault.Before(Kind.UNREACHABLE));
        assertThatThrownBy(drills::enter).isInstanceOf(BackupException.class);
        target.heal();

        assertThat(drills.enter()).hasSize(1);
    }

    @Test
    void entryWhoseAnswerGotLostIsMadeOnce() throws Exception {
        leave(report(Instant.now()));
        target.always(
                FaultyStore.Method.CREATE,
                name -> name.startsWith("ledger/") && name.endsWith(".json"),
                new FaultyStore.Fault.After(Kind.UNREACHABLE));
        assertThatThrownBy(drills::enter).isInstanceOf(BackupException.class);
        target.heal();

        assertThat(drills.enter()).isEmpty();

        assertThat(inLedger()).hasSize(1);
        assertThat(drills.newest()).map(DrillEntered::target).contains("here");
    }

    @Test
    void nothingIsAppendedToADamagedLedger() throws Exception {
        leave(report(Instant.now()));
        target.replace("ledger/0000000009-0123456789abcdef.json", Body.of("x".getBytes(StandardCharsets.UTF_8)));

        assertThatThrownBy(drills::enter).isInstanceOfSatisfying(BackupException.class, e -> assertThat(e.kind())
                .isEqualTo(Kind.SIGNATURE));
        assertThat(inLedger()).isEmpty();
    }
}
