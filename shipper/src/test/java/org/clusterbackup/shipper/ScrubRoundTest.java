package org.clusterbackup.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Offsite;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.CopyOptions;
import org.clusterbackup.repository.ledger.Scrub;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.repository.store.testing.FaultyStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrubRoundTest {
    private static final Duration MONTH = Duration.ofDays(30);
    private static final Instant NOW = Instant.parse("2026-11-22T03:00:00Z");

    private static final Clock NEXT_DAY = Clock.offset(Clock.systemUTC(), Duration.ofHours(25));

    private final Path stagingDirectory;
    private final Path targetDirectory;
    private final FaultyStore target;
    private final Ends ends;
    private final Manifest manifest;
    private final Sha256 pack;
    private final ArtifactRef ref;

    ScrubRoundTest(@TempDir Path folder) throws Exception {
        var keys = TestRepository.withNewKeys();
        stagingDirectory = Files.createDirectory(folder.resolve("staging"));
        targetDirectory = Files.createDirectory(folder.resolve("target"));
        var staging = keys.staging(stagingDirectory);
        target = new FaultyStore(new DirectoryStore(targetDirectory));
        keys.target(target, staging, "here");
        ends = Ends.open(
                staging.store(),
                target,
                "here",
                keys.signers(),
                keys.shipper(),
                CopyOptions.defaults(folder.resolve("spool"), "test"));
        manifest = new TestBackups(keys, staging, folder.resolve("spool"))
                .store("host/node-a", "r1", TestBackups.bytes(1000, 1));
        ref = manifest.ref();
        ends.copier().copy(ref, CopyListener.NONE);
        pack = PackList.read(target, manifest).name(1);
    }

    @AfterEach
    void close() {
        ends.close();
    }

    private ScrubRound round(Clock clock) {
        return new ScrubRound(ends, new Surroundings(), MONTH, 0, clock);
    }

    private List<Scrub> entered() throws BackupException {
        return ends.ledger().read().bodies(Scrub.class).toList();
    }

    private void flip(Path directory) throws Exception {
        var file = directory.resolve(PackSet.path(pack));
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void aShareIsDueEachDayAndMakesUpForDaysThatWereLost() {
        assertThat(ScrubRound.due(2400, Optional.empty(), NOW, MONTH)).isEqualTo(100);
        assertThat(ScrubRound.due(2400, Optional.of(NOW.minus(Duration.ofHours(23))), NOW, MONTH))
                .isZero();
        assertThat(ScrubRound.due(2400, Optional.of(NOW.minus(Duration.ofDays(5))), NOW, MONTH))
                .isEqualTo(500);
        assertThat(ScrubRound.due(2400, Optional.of(NOW.minus(Duration.ofDays(90))), NOW, MONTH))
                .isEqualTo(2400);
        assertThat(ScrubRound.due(2400, Optional.of(NOW.plusSeconds(99)), NOW, MONTH))
                .as("after a clock that was wrong")
                .isEqualTo(100);
        assertThat(ScrubRound.due(0, Optional.empty(), NOW, MONTH)).isZero();
    }

    @Test
    void withSharesAsTheyAreDueAllIsReadInTime() {
        // Given a share each 25 hours, and a week in which nothing runs
        var read = 0L;
        var last = NOW;
        var now = NOW;
        while (read < 1_000_000) {
            now = now.plus(Duration.ofHours(read > 500_000 && read < 550_000 ? 24 * 7 : 25));
            read += ScrubRound.due(1_000_000, Optional.of(last), now, MONTH);
            last = now;
        }
        assertThat(Duration.between(NOW, now)).isLessThan(MONTH);
    }

    @Test
    void itReadsOnceADay() throws Exception {
        assertThat(round(Clock.systemUTC()).once().packs()).isOne();
        assertThat(entered()).as("what came today was proved today").isEmpty();

        assertThat(round(NEXT_DAY).once().damaged()).isEmpty();
        assertThat(round(Clock.systemUTC()).once().damaged()).isEmpty();
        assertThat(entered()).hasSize(1);

        assertThat(round(NEXT_DAY).once().damaged()).isEmpty();
        assertThat(entered()).hasSize(2);
    }

    @Test
    void whatIsDamagedIsMendedFromStagingThoughItsManifestIsThere() throws Exception {
        flip(targetDirectory);

        assertThat(round(NEXT_DAY).once().damaged()).isEmpty();

        assertThat(Sha256.of(Files.readAllBytes(targetDirectory.resolve(PackSet.path(pack)))))
                .isEqualTo(pack);
        assertThat(entered()).extracting(Scrub::damaged).containsExactly(List.of(pack), List.of());
        assertThat(ends.copier().standing(ref).manifest().ref()).isEqualTo(ref);
    }

    @Test
    void whatStagingHasNotIsToldAndMendedWhenSomebodyElseBringsIt() throws Exception {
        flip(targetDirectory);
        flip(stagingDirectory);
        var round = round(NEXT_DAY);
        var registry = new SimpleMeterRegistry();
        var meters = new ScrubMeters(registry, "here", MONTH);
        var gauge = registry.get("clusterbackup_scrub_damaged_packs")
                .tag("target", "here")
                .gauge();
        assertThat(gauge.value()).isNaN();

        meters.known(round.once());
        assertThat(gauge.value()).isOne();
        assertThatThrownBy(() -> ends.copier().standing(ref))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED));

        flip(stagingDirectory);
        meters.known(round.once());
        assertThat(gauge.value()).isZero();
        assertThat(registry.get("clusterbackup_scrub_objective_seconds").gauge().value())
                .isEqualTo((double) MONTH.toSeconds());
        assertThat(registry.get("clusterbackup_scrub_oldest_proof_timestamp_seconds")
                        .gauge()
                        .value())
                .isBetween(
                        Instant.now().minusSeconds(600).getEpochSecond() * 1.0,
                        Instant.now().getEpochSecond() * 1.0);
    }

    @Test
    void whatStagingLetGoBecauseItWasHereIsMarkedForWriters() throws Exception {
        // Given a pack that left staging when every target had it
        var line = new BitSet();
        line.set(1);
        var list = PackList.read(target, manifest);
        ends.staging().store().create(Offsite.list(ref), Offsite.body(list, line, _ -> NOW));
        Files.delete(stagingDirectory.resolve(PackSet.path(pack)));
        flip(targetDirectory);

        // When
        var state = round(NEXT_DAY).once();

        // Then
        assertThat(state.damaged()).containsExactly(pack);
        assertThat(stagingDirectory.resolve("damaged/" + pack)).exists();
    }

    @Test
    void aTargetThatIsAwayIsScrubbedWhenItIsBack() throws Exception {
        var round = round(NEXT_DAY);
        target.always(FaultyStore.Method.DIGESTS, _ -> true, new FaultyStore.Fault.Before(Kind.UNREACHABLE));
        assertThatThrownBy(round::once).isInstanceOf(BackupException.class);
        target.heal();

        assertThat(round.once().damaged()).isEmpty();
        assertThat(entered()).hasSize(1);
    }
}
