package org.clusterbackup.scheduler.staging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.scheduler.run.RecoveryPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which artifacts leave staging. */
class HousekeepingTest extends HousekeepingLab {
    HousekeepingTest(@TempDir Path folder) throws Exception {
        super(folder);
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
    void newestThatCannotBeBelievedDoesNotReplaceTheOneBefore() throws Exception {
        var old = write(1);
        var newest = write(2);
        var points = new RecoveryPoint[] {point("a", old, newest), point("b", old, newest)};
        store.delete(newest.ref().object("manifest.json.sig"));

        sweep(points);

        assertThat(committed(old)).isTrue();
    }
}
