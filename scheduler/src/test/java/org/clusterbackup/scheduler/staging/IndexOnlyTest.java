package org.clusterbackup.scheduler.staging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.clusterbackup.scheduler.staging.IndexOnlyLab.DAY;
import static org.clusterbackup.scheduler.staging.IndexOnlyLab.HUGE;
import static org.clusterbackup.scheduler.staging.IndexOnlyLab.SIBLING;
import static org.clusterbackup.scheduler.staging.IndexOnlyLab.WHOLE;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Offsite;
import org.clusterbackup.repository.copy.Copier;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.CopyOptions;
import org.clusterbackup.repository.store.Body;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packs leave staging when every target has them, and deduplication goes on from the index. */
class IndexOnlyTest {
    private static final byte[] PLAIN = TestBackups.bytes(900_000, 1);

    private final IndexOnlyLab lab;

    IndexOnlyTest(@TempDir Path folder) throws Exception {
        lab = IndexOnlyLab.onDirectories(folder);
    }

    /** As {@link #PLAIN}, with some other bytes at the end. */
    private static byte[] changed(int seed) {
        var changed = Arrays.copyOf(PLAIN, PLAIN.length + 100_000);
        System.arraycopy(TestBackups.bytes(100_000, seed), 0, changed, PLAIN.length, 100_000);
        return changed;
    }

    private List<String> listed(Manifest artifact) throws BackupException {
        var names = new ArrayList<String>();
        Offsite.read(lab.store, Offsite.list(artifact.ref()), (name, _) -> names.add(name));
        return names;
    }

    @Test
    void packsLeaveThatEveryTargetHasAndTheNextBackupStoresOnlyWhatChanged() throws Exception {
        // Given
        var first = lab.everywhere(lab.backUp(HUGE, PLAIN));
        var packs = lab.packs(first);

        // When
        var report = lab.sweep();

        // Then
        assertThat(report.packsLeft()).isEqualTo(packs.size());
        assertThat(lab.inStaging()).isEmpty();
        assertThat(listed(first)).containsExactlyInAnyOrderElementsOf(packs);
        assertThat(lab.errors(lab.staging)).isEmpty();
        // And the next one costs what changed, and arrives everywhere
        var second = lab.backUp(HUGE, changed(2));
        assertThat(second.newBytes()).isLessThan(450_000);
        lab.everywhere(second);
        assertThat(lab.restore("b", second.ref())).isEqualTo(changed(2));
    }

    @Test
    void whatOneTargetHasNotProvedStays() throws Exception {
        var first = lab.backUp(HUGE, PLAIN);
        lab.ship(first, "a");
        lab.point("a");
        lab.ship(first, "b");

        assertThat(lab.sweep().packsLeft()).isZero();
        assertThat(lab.inStaging()).isEqualTo(lab.packs(first));

        lab.point("b");
        assertThat(lab.sweep().packsLeft()).isEqualTo(lab.packs(first).size());
    }

    @Test
    void aSourceOfWhichNothingIsSaidStaysWhole() throws Exception {
        var whole = lab.everywhere(lab.backUp(WHOLE, PLAIN));

        assertThat(lab.sweep().packsLeft()).isZero();
        assertThat(lab.inStaging()).isEqualTo(lab.packs(whole));
    }

    @Test
    void killedBeforeAnyStepThePackOrItsListIsThere() throws Exception {
        lab.everywhere(lab.backUp(HUGE, PLAIN));
        var second = lab.everywhere(lab.backUp(HUGE, changed(2)));
        var packs = lab.packs(second);

        // When every pass dies after its first change
        var kills = 0;
        while (dies()) {
            kills++;
            assertThat(lab.errors(lab.staging)).as("after change %s", kills).isEmpty();
        }

        // Then
        assertThat(kills).isBetween(packs.size(), 100);
        assertThat(lab.inStaging()).doesNotContainAnyElementsOf(packs);
        assertThat(listed(second)).hasSameSizeAs(lab.packs(second));
    }

    private boolean dies() throws Exception {
        lab.store.dieAfter(1);
        try {
            lab.sweep();
            return false;
        } catch (BackupException e) {
            assertThat(e).hasMessageContaining("killed before");
            return true;
        } finally {
            lab.store.live();
        }
    }

    @Test
    void twiceIsOnce() throws Exception {
        lab.everywhere(lab.backUp(HUGE, PLAIN));
        lab.sweep();
        lab.store.dieAfter(0);

        var again = lab.sweep();

        lab.store.live();
        assertThat(again.packsLeft()).isZero();
    }

    @Test
    void whatTheNextArtifactTookFromOneThatIsGoneIsInherited() throws Exception {
        // Given a second artifact that one target lacks
        var first = lab.everywhere(lab.backUp(HUGE, PLAIN));
        lab.sweep();
        var second = lab.backUp(HUGE, changed(2));
        var fresh = lab.inStaging();
        lab.ship(second, "a");
        lab.point("a");

        // When the first goes, then what it listed
        lab.sweep();
        lab.sweep();
        assertThat(lab.store.stat(first.ref().object(ArtifactRef.MANIFEST))).isEmpty();
        assertThat(lab.store.stat(Offsite.list(first.ref()))).isEmpty();

        // Then the second lists what it shares, and keeps what is its own
        var inherited = new HashSet<>(lab.packs(second));
        inherited.removeAll(fresh);
        assertThat(listed(second)).isNotEmpty().containsExactlyInAnyOrderElementsOf(inherited);
        assertThat(lab.inStaging()).containsAll(fresh);
        assertThat(lab.errors(lab.staging)).isEmpty();
        lab.ship(second, "b");
        assertThat(lab.restore("b", second.ref())).isEqualTo(changed(2));
    }

    @Test
    void packsThatAnotherArtifactNeedsWholeStay() throws Exception {
        // Given a replica of the same bytes that one target lacks
        var first = lab.everywhere(lab.backUp(HUGE, PLAIN));
        var replica = lab.backUp(SIBLING, PLAIN, HUGE);
        assertThat(lab.packs(replica)).isEqualTo(lab.packs(first));
        lab.ship(replica, "a");
        lab.point("a");

        assertThat(lab.sweep().packsLeft()).isZero();
        lab.ship(replica, "b");
        lab.point("b");
        assertThat(lab.sweep().packsLeft()).isEqualTo(lab.packs(first).size());
        assertThat(listed(replica)).isEqualTo(listed(first));
    }

    @Test
    void packsThatARunningBackupOfAWholeSourceUsesStay() throws Exception {
        var first = lab.everywhere(lab.backUp(HUGE, PLAIN));
        var later = lab.store.now().plus(DAY).plusSeconds(1);
        var base = later + "\n" + HUGE + " " + first.ref().artifact() + "\n";
        lab.store.replace("bases/" + WHOLE + "/run-2", Body.of(base));
        assertThat(lab.sweep().packsLeft()).isZero();

        lab.store.delete("bases/" + WHOLE + "/run-2");
        lab.store.replace("bases/" + HUGE + "/run-2", Body.of(base));
        assertThat(lab.sweep().packsLeft()).isPositive();
    }

    @Test
    void withoutTheModeNothingMoreLeavesAndWhatLeftStaysListed() throws Exception {
        lab.everywhere(lab.backUp(HUGE, PLAIN));
        lab.sweep();
        lab.indexOnly = _ -> false;

        var second = lab.everywhere(lab.backUp(HUGE, changed(2)));
        var fresh = lab.inStaging();
        lab.pass(DAY.multipliedBy(2));
        for (var i = 0; i < 3; i++) {
            assertThat(lab.sweep().packsLeft()).isZero();
        }

        assertThat(lab.inStaging()).isNotEmpty().isEqualTo(fresh);
        assertThat(lab.errors(lab.staging)).isEmpty();
        assertThat(listed(second)).isNotEmpty();
        assertThat(lab.backUp(HUGE, changed(3)).newBytes()).isLessThan(450_000);
    }

    @Test
    void aPackThatATargetLostIsMarkedAndStoredAgainByTheNextBackup() throws Exception {
        // Given
        var packs = lab.packs(lab.everywhere(lab.backUp(HUGE, PLAIN)));
        lab.sweep();
        for (var pack : packs) {
            lab.target("b").store().delete(PackSet.path(pack));
        }
        var second = lab.backUp(HUGE, PLAIN);
        assertThat(second.newBytes()).isZero();

        // When
        assertThatThrownBy(() -> lab.ship(second, "b"))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                .hasMessageContaining("left ");
        assertThat(lab.store.children("damaged")).containsExactlyInAnyOrderElementsOf(packs);
        lab.sweep();
        assertThat(lab.store.children("damaged")).as("markers stay").hasSameSizeAs(packs);

        // Then
        var third = lab.backUp(HUGE, PLAIN);
        assertThat(third.newBytes()).isEqualTo(third.storedBytes());
        lab.everywhere(third);
        assertThat(lab.restore("b", third.ref())).isEqualTo(PLAIN);
    }

    @Test
    void aTargetThatIsDeclaredLaterIsToldToBeFilledAndIsThenServed() throws Exception {
        // Given
        var first = lab.everywhere(lab.backUp(HUGE, PLAIN));
        lab.sweep();
        lab.addTarget("c");
        lab.declared = List.of("a", "b", "c");

        // When
        assertThatThrownBy(() -> lab.ship(first, "c"))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OFF_SITE))
                .hasMessageContaining("clusterbackup copy");
        assertThat(lab.store.children("damaged")).isEmpty();
        var second = lab.backUp(HUGE, changed(2));
        lab.ship(second, "a");
        lab.point("a");
        lab.ship(second, "b");
        lab.point("b");
        assertThat(lab.sweep().packsLeft()).as("c lacks it").isZero();

        // Then
        new Copier(lab.target("a"), lab.target("c"), CopyOptions.defaults(lab.spool, "copy"))
                .copy(first.ref(), CopyListener.NONE);
        lab.ship(second, "c");
        lab.point("c");
        assertThat(lab.sweep().packsLeft()).isPositive();
        assertThat(lab.restore("c", second.ref())).isEqualTo(changed(2));
    }

    @Test
    void aListThatIsDamagedIsWrittenAgain() throws Exception {
        var first = lab.everywhere(lab.backUp(HUGE, PLAIN));
        lab.sweep();
        var list = Offsite.list(first.ref());
        var whole = listed(first);
        lab.store.replace(list, Body.of("x".repeat(86)));
        assertThat(lab.errors(lab.staging)).isNotEmpty();

        lab.sweep();

        assertThat(listed(first)).isEqualTo(whole);
        assertThat(lab.errors(lab.staging)).isEmpty();
    }

    @Test
    void twoSchedulersAtOnceLoseNoList() throws Exception {
        // Given one that stands still just before it writes its list
        var first = lab.everywhere(lab.backUp(HUGE, PLAIN));
        var other = lab.housekeeping();
        var copies = lab.copies();
        var paused = new HashSet<String>();
        lab.store.before(name -> {
            // When the other goes through meanwhile
            if (name.startsWith(Offsite.FOLDER) && paused.add(name)) {
                other.sweep(copies, Optional.empty());
            }
        });

        lab.sweep();

        // Then
        assertThat(paused).hasSize(1);
        assertThat(lab.inStaging()).isEmpty();
        assertThat(listed(first)).hasSameSizeAs(lab.packs(first));
        assertThat(lab.errors(lab.staging)).isEmpty();
    }

    @Test
    void packsLeaveOnlyWhereNothingIsInDoubt() throws Exception {
        lab.everywhere(lab.backUp(HUGE, PLAIN));
        lab.store.replace("bases/" + HUGE + "/run", Body.of(Instant.now().plus(DAY) + "\nno line\n"));

        assertThat(lab.sweep().packsLeft()).isZero();
    }
}
