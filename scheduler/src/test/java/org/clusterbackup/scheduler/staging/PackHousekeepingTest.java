package org.clusterbackup.scheduler.staging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.scheduler.run.RecoveryPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which packs leave staging, and what a kill left. */
class PackHousekeepingTest extends HousekeepingLab {
    PackHousekeepingTest(@TempDir Path folder) throws Exception {
        super(folder);
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
    void packsOfALongStoreAreNotCondemnedWhileItLasts() throws Exception {
        store.create("bases/" + SOURCE + "/x", Body.of(Instant.now().plus(DAY) + "\n"));
        store.create(PackSet.path("b".repeat(64)), Body.of("made since"));
        pass(DAY.multipliedBy(3));
        assertThat(sweep().packsCondemned()).isZero();

        store.delete("bases/" + SOURCE + "/x");

        assertThat(sweep().packsCondemned()).isOne();
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
