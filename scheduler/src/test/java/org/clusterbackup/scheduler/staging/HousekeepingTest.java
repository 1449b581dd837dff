package org.clusterbackup.scheduler.staging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.scheduler.run.RecoveryPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real directory with real artifacts; time is what the files say. */
class HousekeepingTest {
    private static final SourceName SOURCE = new SourceName("brick/gv0/0/node-a");
    private static final Duration DAY = Duration.ofDays(1);

    private final Path folder;
    private final DirectoryStore store;
    private final Manifests manifests;
    private final TestBackups backups;

    /** By target and artifact: what shippers said is there. */
    private final Map<String, Map<String, String>> announced = new HashMap<>();

    private OptionalLong capacity = OptionalLong.empty();

    HousekeepingTest(@TempDir Path folder) throws Exception {
        this.folder = folder;
        store = new DirectoryStore(Files.createDirectories(folder.resolve("staging")));
        var keys = TestRepository.withNewKeys();
        var staging = keys.staging(folder.resolve("staging"));
        manifests = new Manifests(store, staging.description().repository(), keys.signers());
        backups = new TestBackups(keys, staging, folder.resolve("spool"));
    }

    private Manifest write(long seed) throws Exception {
        return backups.store(SOURCE.value(), "run-" + seed, TestBackups.bytes(300_000, seed));
    }

    private RecoveryPoint point(String target, Manifest... artifacts) throws Exception {
        var proved = new ArrayList<RecoveryPoint.Proved>();
        for (var artifact : artifacts) {
            proved.add(new RecoveryPoint.Proved(
                    SOURCE.value(),
                    artifact.ref().artifact().value(),
                    artifact.run(),
                    artifact.started(),
                    manifests.read(artifact.ref()).sha256(),
                    artifact.finished()));
        }
        return new RecoveryPoint("run", target, 1, Instant.EPOCH, "complete", "1-0", proved, List.of(), List.of());
    }

    private Housekeeping.Report sweep(Optional<Instant> writingSince, RecoveryPoint... points) throws Exception {
        var byTarget = new HashMap<String, List<RecoveryPoint>>();
        for (var point : points) {
            byTarget.put(point.target(), List.of(point));
        }
        return new Housekeeping(
                        store, manifests, new Housekeeping.Settings(List.of("a", "b"), _ -> false, DAY, DAY, capacity))
                .sweep(new Copies(byTarget, announced), writingSince);
    }

    private Housekeeping.Report sweep(RecoveryPoint... points) throws Exception {
        return sweep(Optional.empty(), points);
    }

    /** Makes everything that is there older, and stores one thing now: the store's clock has gone on. */
    private void pass(Duration time) throws IOException {
        try (var files = Files.walk(folder.resolve("staging"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var older = Files.getLastModifiedTime(file).toInstant().minus(time);
                Files.setLastModifiedTime(file, FileTime.from(older));
            }
        }
        try {
            store.replace("lock", Body.of("now"));
        } catch (BackupException e) {
            throw new IOException(e);
        }
    }

    private boolean committed(Manifest artifact) throws Exception {
        return store.stat(artifact.ref().object("manifest.json")).isPresent();
    }

    private boolean packsAreThere(List<String> packs) throws Exception {
        var listed = PackSet.list(store);
        return packs.stream().allMatch(listed::contains);
    }

    private List<String> packs(Manifest artifact) {
        var list = readPacks(artifact);
        return IntStream.rangeClosed(1, list.count())
                .mapToObj(line -> list.name(line).hex())
                .toList();
    }

    private PackList readPacks(Manifest artifact) {
        try {
            return PackList.read(store, artifact);
        } catch (BackupException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void artifactThatEveryTargetHasGoesAndTheNewestStays() throws Exception {
        var old = write(1);
        var newest = write(2);

        sweep(point("a", old, newest), point("b", old, newest));

        assertThat(committed(old)).isFalse();
        assertThat(committed(newest)).isTrue();
    }

    @Test
    void artifactThatOneTargetLacksStays() throws Exception {
        var old = write(1);
        var newest = write(2);

        sweep(point("a", old, newest), point("b", newest));

        assertThat(committed(old)).isTrue();
    }

    @Test
    void artifactOfAnotherDigestAtATargetStays() throws Exception {
        var old = write(1);
        var newest = write(2);
        var other = new RecoveryPoint.Proved(
                SOURCE.value(),
                old.ref().artifact().value(),
                old.run(),
                old.started(),
                manifests.read(newest.ref()).sha256(),
                old.finished());

        sweep(
                point("a", old, newest),
                new RecoveryPoint(
                        "run", "b", 1, Instant.EPOCH, "complete", "1-0", List.of(other), List.of(), List.of()));

        assertThat(committed(old)).isTrue();
    }

    @Test
    void artifactThatARunningBackupUsesStays() throws Exception {
        var old = write(1);
        var newest = write(2);
        store.replace(
                "bases/" + SOURCE + "/run-3",
                Body.of(Instant.now().plusSeconds(3600) + "\n" + SOURCE + " "
                        + old.ref().artifact() + "\n"));

        sweep(point("a", old, newest), point("b", old, newest));

        assertThat(committed(old)).isTrue();
    }

    @Test
    void packsGoInTwoPhases() throws Exception {
        var old = write(1);
        var packs = packs(old);
        var newest = write(2);
        pass(DAY.multipliedBy(2));
        var points = new RecoveryPoint[] {point("a", old, newest), point("b", old, newest)};

        var first = sweep(points);
        assertThat(first.packsCondemned()).isEqualTo(packs.size());
        assertThat(packsAreThere(packs)).isTrue();
        assertThat(sweep(points).packsDeleted()).isZero();

        pass(DAY.plusHours(1));
        assertThat(sweep(points).packsDeleted()).isEqualTo(packs.size());
        assertThat(packsAreThere(packs)).isFalse();
        assertThat(packsAreThere(packs(newest))).isTrue();
        assertThat(store.children("condemned")).isEmpty();
    }

    @Test
    void condemnedPackThatIsNeededAgainStays() throws Exception {
        var newest = write(1);
        store.create("condemned/20260101T000000000Z-00000000", Body.of(String.join("\n", packs(newest)) + "\n"));
        pass(DAY.multipliedBy(2));

        sweep(point("a", newest), point("b", newest));

        assertThat(packsAreThere(packs(newest))).isTrue();
        assertThat(store.children("condemned")).isEmpty();
    }

    @Test
    void nothingIsDeletedThatABackupUnderWayMayHaveLookedAt() throws Exception {
        var orphan = "a".repeat(64);
        store.create(PackSet.path(orphan), Body.of("orphan"));
        store.create("condemned/20260101T000000000Z-00000000", Body.of(orphan + "\n"));
        write(1);
        pass(DAY.multipliedBy(2));

        sweep(Optional.of(Instant.now().minus(DAY.multipliedBy(3))));

        assertThat(packsAreThere(List.of(orphan))).isTrue();
    }

    @Test
    void aCondemnedPackThatWasStoredAgainUnderItsNameStays() throws Exception {
        var orphan = "a".repeat(64);
        store.create("condemned/20260101T000000000Z-00000000", Body.of(orphan + "\n"));
        write(1);
        pass(DAY.multipliedBy(2));
        store.replace(PackSet.path(orphan), Body.of("orphan"));

        sweep(Optional.of(Instant.now()));

        assertThat(packsAreThere(List.of(orphan))).isTrue();
    }

    @Test
    void aRunThatBeganAfterAPackWasCondemnedDoesNotKeepIt() throws Exception {
        var orphan = "a".repeat(64);
        store.create(PackSet.path(orphan), Body.of("orphan"));
        store.create("condemned/20260101T000000000Z-00000000", Body.of(orphan + "\n"));
        write(1);
        pass(DAY.multipliedBy(2));

        sweep(Optional.of(Instant.now()));

        assertThat(packsAreThere(List.of(orphan))).isFalse();
    }

    @Test
    void packsOfARunUnderWayAreNotCondemned() throws Exception {
        store.create(PackSet.path("b".repeat(64)), Body.of("just made"));

        assertThat(sweep().packsCondemned()).isZero();
    }

    @Test
    void artifactThatIsNotBelievedIsToldAndKeepsItsPacksAndNoOther() throws Exception {
        var unsigned = write(1);
        var alteredList = write(2);
        var newest = write(3);
        var packs = Stream.of(unsigned, alteredList, newest)
                .flatMap(artifact -> packs(artifact).stream())
                .toList();
        store.delete(unsigned.ref().object("manifest.json.sig"));
        store.replace(alteredList.ref().object("packs"), Body.of("x " + String.join(" 1\n", packs(alteredList))));
        store.create(PackSet.path("c".repeat(64)), Body.of("orphan"));
        pass(DAY.multipliedBy(2));

        var report = sweep();

        assertThat(report.bad())
                .extracting(Housekeeping.Bad::artifact)
                .containsExactlyInAnyOrder(unsigned.ref(), alteredList.ref());
        assertThat(report.packsCondemned()).isOne();
        pass(DAY.plusHours(1));
        assertThat(sweep().packsDeleted()).isOne();
        assertThat(packsAreThere(packs)).isTrue();
    }

    @Test
    void artifactThatNoRecoveryPointNamesGoesWhenEveryShipperHasItAndANewerOneIsProved() throws Exception {
        var old = write(1);
        var newest = write(2);
        var points = new RecoveryPoint[] {point("a", newest), point("b", newest)};
        announce("a", old);
        sweep(points);
        assertThat(committed(old)).isTrue();

        announce("b", old);
        sweep(point("a", newest));
        assertThat(committed(old)).isTrue();

        sweep(points);
        assertThat(committed(old)).isFalse();
    }

    private void announce(String target, Manifest artifact) throws Exception {
        announced
                .computeIfAbsent(target, _ -> new HashMap<>())
                .put(
                        artifact.ref().toString(),
                        manifests.read(artifact.ref()).sha256().hex());
    }

    @Test
    void whatADeadTargetLacksIsCountedAndGoesOldestFirstWhenStagingIsNearlyFull() throws Exception {
        var oldest = write(1);
        var old = write(2);
        var newest = write(3);
        var alive = point("a", oldest, old, newest);

        assertThat(sweep(alive).waiting())
                .containsExactly(Map.entry(
                        "b", new Housekeeping.Waiting(2, oldest.ref().artifact().time())));
        assertThat(committed(oldest)).isTrue();

        capacity = OptionalLong.of(1_000_000);
        var report = sweep(alive);

        assertThat(report.given()).containsExactly(new Housekeeping.Given(oldest.ref(), oldest.run(), List.of("b")));
        assertThat(committed(oldest)).isFalse();
        assertThat(committed(old)).isTrue();
    }

    @Test
    void whatNoTargetHasStaysHoweverFullStagingIs() throws Exception {
        var old = write(1);
        write(2);
        capacity = OptionalLong.of(1);

        assertThat(sweep().given()).isEmpty();
        assertThat(committed(old)).isTrue();
    }

    @Test
    void packsOfALongStoreAreNotCondemnedWhileItLasts() throws Exception {
        store.create("bases/" + SOURCE + "/x", Body.of(Instant.now().plus(DAY) + "\n"));
        store.create(PackSet.path("b".repeat(64)), Body.of("made since"));
        pass(DAY.multipliedBy(3));
        assertThat(sweep().packsCondemned()).isZero();

        store.delete("bases/" + SOURCE + "/x");

        assertThat(sweep().packsCondemned()).isOne();
    }

    @Test
    void newestThatCannotBeBelievedDoesNotReplaceTheOneBefore() throws Exception {
        var old = write(1);
        var newest = write(2);
        var points = new RecoveryPoint[] {point("a", old, newest), point("b", old, newest)};
        store.delete(newest.ref().object("manifest.json.sig"));

        sweep(points);

        assertThat(committed(old)).isTrue();
    }

    @Test
    void leftoversOfAKillGoWhenTheyAreOld() throws Exception {
        var folderOfKill = "artifacts/" + SOURCE + "/20260101T000000000Z-00000000";
        store.create(folderOfKill + "/packs", Body.of(""));
        assertThat(sweep().leftovers()).isZero();

        pass(DAY.multipliedBy(2));

        assertThat(sweep().leftovers()).isEqualTo(1);
        assertThat(store.stat(folderOfKill + "/packs")).isEmpty();
    }

    @Test
    void packThatWasStoredAgainIsDamagedNoMore() throws Exception {
        var pack = packs(write(1)).getFirst();
        var whole = Files.readAllBytes(folder.resolve("staging").resolve(PackSet.path(pack)));
        store.create("damaged/" + pack, Body.of(""));
        pass(DAY);
        store.replace(PackSet.path(pack), Body.of(whole));

        sweep();

        assertThat(store.children("damaged")).isEmpty();
        assertThat(packsAreThere(List.of(pack))).isTrue();
    }

    @Test
    void damagedPackGoesWhenNothingNeedsIt() throws Exception {
        var needed = write(1);
        var orphan = "d".repeat(64);
        store.create(PackSet.path(orphan), Body.of("damaged"));
        store.create("damaged/" + orphan, Body.of(""));
        store.create("damaged/" + packs(needed).getFirst(), Body.of(""));

        sweep();

        assertThat(store.children("damaged")).containsExactly(packs(needed).getFirst());
        assertThat(packsAreThere(packs(needed))).isTrue();
    }
}
