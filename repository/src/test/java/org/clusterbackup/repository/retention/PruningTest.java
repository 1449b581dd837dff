package org.clusterbackup.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.Deletion;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.RecoveryPoint.Status;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.junit.jupiter.api.Test;

/** On a target in memory whose clock goes as the test says. */
class PruningTest {
    private static final Duration GRACE = Duration.ofDays(7);
    private static final Policy TWO_DAYS = MadeTarget.daily(2);
    private static final Instant START = Instant.parse("2026-01-01T03:00:00Z");

    private final TestRepository keys = TestRepository.withNewKeys();
    private final MadeTarget target = new MadeTarget(keys, 1);

    PruningTest() throws BackupException {}

    private static Instant day(int number) {
        return START.plus(Duration.ofDays(number));
    }

    private List<Deletion> deletions() throws BackupException {
        return new Ledger(target.repository).read().bodies(Deletion.class).toList();
    }

    private static void assertKind(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(BackupException.class, e -> assertThat(e.kind())
                .as(e.getMessage())
                .isEqualTo(kind));
    }

    @Test
    void artifactsGoAtOnceAndPacksAGracePeriodLater() throws Exception {
        // Given
        var days = target.days(START, 4);
        var packs = new TreeSet<>(target.packsOf(days.get(0)));
        packs.addAll(target.packsOf(days.get(1)));
        var all = target.packs();

        // When
        var first = target.prune(TWO_DAYS, GRACE);

        // Then the ledger says what went, and its packs are condemned
        assertThat(target.committed()).containsExactlyInAnyOrder(days.get(2), days.get(3));
        assertThat(deletions()).singleElement().satisfies(entry -> {
            assertThat(entry.artifacts())
                    .extracting(Deletion.Deleted::artifact)
                    .containsExactlyInAnyOrder(
                            days.get(0).artifact(), days.get(1).artifact());
            assertThat(entry.reason()).isEqualTo("retention: keep daily 2");
        });
        assertThat(target.condemned()).isEqualTo(packs);
        assertThat(target.packs()).isEqualTo(all);
        assertThat(first.condemned().count()).isEqualTo(packs.size());

        // When the grace period has not passed, and then it has
        target.store.at(day(4).plus(GRACE).minusSeconds(1));
        assertThat(target.prune(TWO_DAYS, GRACE).changesAnything()).isFalse();
        target.store.at(day(4).plus(GRACE));
        var last = target.prune(TWO_DAYS, GRACE);

        // Then they are gone, and the list with them
        assertThat(last.deleted().count()).isEqualTo(packs.size());
        all.removeAll(packs);
        assertThat(target.packs()).isEqualTo(all);
        assertThat(target.store.children("condemned")).isEmpty();
        assertThat(target.store.stat("lock")).isEmpty();
        assertThat(deletions()).hasSize(1);
    }

    @Test
    void aPackThatIsNeededAgainIsNotDeletedAndStruck() throws Exception {
        // Given an old artifact whose packs are condemned, and a new one that was committed with one of them
        var old = target.days(START, 3).getFirst();
        target.prune(TWO_DAYS, GRACE);
        var pack = target.condemned().iterator().next();
        target.store.at(day(4));
        target.artifact("host/a", Optional.empty(), day(4), List.of(pack));

        target.prune(TWO_DAYS, GRACE);

        assertThat(target.condemned()).doesNotContain(pack);
        target.store.at(day(4).plus(GRACE));
        target.prune(TWO_DAYS, GRACE);
        assertThat(target.packs()).contains(pack);
        assertThat(target.committed()).doesNotContain(old);
    }

    @Test
    void aCondemnedPackThatWasStoredAgainStaysUntilItIsCondemnedAgain() throws Exception {
        target.days(START, 3);
        target.prune(TWO_DAYS, GRACE);
        var pack = target.condemned().iterator().next();
        target.store.at(day(3).plus(GRACE).minusSeconds(60));
        target.store.replace(PackSet.path(pack), Body.of(target.memory.bytes(PackSet.path(pack))));
        target.store.at(day(3).plus(GRACE));

        target.prune(TWO_DAYS, GRACE);

        assertThat(target.packs()).contains(pack);
        assertThat(target.condemned()).isEmpty();
    }

    @Test
    void aPackOfACopyUnderWayIsNotCondemned() throws Exception {
        target.days(START, 1);
        target.store.at(day(3));
        var young = target.pack();
        target.store.at(day(4).minusSeconds(1));

        var plan = target.prune(TWO_DAYS, GRACE);

        assertThat(plan.waiting().count()).isOne();
        assertThat(target.condemned()).isEmpty();
        target.store.at(day(4).plusSeconds(1));
        target.prune(TWO_DAYS, GRACE);
        assertThat(target.condemned()).containsExactly(young);
    }

    @Test
    void whatTheLastRecoveryPointsNeedStays() throws Exception {
        // Given two runs of a day, of which the second has not come whole
        var first = target.artifactAt("host/a", day(0));
        var both = target.artifactAt("host/a", day(0).plusSeconds(600));
        var other = target.artifactAt("host/b", day(0));
        target.point("complete", Status.COMPLETE, first, other);
        target.point("partial", Status.PARTIAL, both);
        target.artifactAt("host/a", day(0).plusSeconds(1200));

        var plan = target.prune(MadeTarget.daily(1), GRACE);

        assertThat(plan.removed()).isEmpty();
        assertThat(plan.kept())
                .anyMatch(kept ->
                        kept.candidate().ref().equals(first) && kept.reasons().contains("recovery point complete"))
                .anyMatch(kept ->
                        kept.candidate().ref().equals(both) && kept.reasons().contains("recovery point partial"));
    }

    @Test
    void onlySourcesThatWereAskedForArePruned() throws Exception {
        target.days(START, 4);
        var others = List.of(target.artifactAt("host/b", day(0)), target.artifactAt("host/b", day(1)));

        var plan = new Pruning(
                        target.repository,
                        Retention.of(MadeTarget.daily(1)).only("host/a"),
                        GRACE,
                        Clock.fixed(target.store.now(), ZoneOffset.UTC))
                .run(keys.operator(), "test", _ -> true);

        assertThat(plan.removed()).hasSize(3);
        assertThat(target.committed()).containsAll(others);
    }

    @Test
    void aKeyThatMayNotSignForTheLedgerDeletesNothing() throws Exception {
        var days = target.days(START, 4);
        var pruning = target.pruning(TWO_DAYS, GRACE);

        assertKind(Kind.SIGNATURE, () -> pruning.run(keys.agent(), "test", _ -> true));
        assertKind(Kind.SIGNATURE, () -> pruning.run(SigningKey.generate("stranger"), "test", _ -> true));

        assertThat(target.committed()).containsAll(days);
        assertThat(target.condemned()).isEmpty();
    }

    @Test
    void aClockThatIsWrongDeletesNothing() throws Exception {
        // Given packs that were condemned an hour ago, and a machine that believes it to be next year, or last year
        var days = target.days(START, 4);
        target.prune(MadeTarget.daily(3), GRACE);
        var packs = target.packs();
        for (var wrong : List.of(Duration.ofDays(365), Duration.ofDays(-365), Duration.ofMinutes(11))) {
            var clock = Clock.fixed(target.store.now().plus(wrong), ZoneOffset.UTC);
            var pruning = new Pruning(target.repository, Retention.of(TWO_DAYS), GRACE, clock);

            assertKind(Kind.FAILED, () -> pruning.run(keys.operator(), "test", _ -> true));
        }
        var behind = Clock.fixed(day(0), ZoneOffset.UTC);
        assertKind(Kind.FAILED, () -> new Pruning(target.repository, Retention.of(TWO_DAYS), GRACE, behind).plan());

        // Then
        assertThat(target.packs()).isEqualTo(packs);
        assertThat(target.committed()).containsExactlyInAnyOrderElementsOf(days.subList(1, 4));
    }

    @Test
    void aLedgerThatIsDamagedDeletesNothing() throws Exception {
        var days = target.days(START, 4);
        target.point("one", Status.COMPLETE, days.get(3));
        target.point("two", Status.COMPLETE, days.get(3));
        target.memory.objects.keySet().removeIf(name -> name.startsWith("ledger/0000000001"));

        assertKind(Kind.DAMAGED, () -> target.prune(TWO_DAYS, GRACE));
        assertKind(Kind.DAMAGED, () -> target.pruning(TWO_DAYS, GRACE).plan());

        assertThat(target.committed()).containsAll(days);
    }

    @Test
    void whatNobodyAgreedToIsNotDone() throws Exception {
        var days = target.days(START, 4);

        assertKind(Kind.FAILED, () -> target.pruning(TWO_DAYS, GRACE).run(keys.operator(), "test", _ -> false));

        assertThat(target.committed()).containsAll(days);
        assertThat(target.store.stat("lock")).isEmpty();
    }

    @Test
    void stagingAndTooShortAGraceAreRefused() throws Exception {
        var staging = keys.staging(new MemoryStore());

        assertKind(Kind.USAGE, () -> new Pruning(staging, Retention.of(TWO_DAYS), GRACE, Clock.systemUTC()));
        assertKind(Kind.USAGE, () -> target.pruning(TWO_DAYS, Duration.ofMinutes(59)));
    }

    @Test
    void whereNothingMayBeDeletedNothingIsEntered() throws Exception {
        var days = target.days(START, 4);
        target.store.lock(_ -> true);

        for (var attempt = 0; attempt < 2; attempt++) {
            assertKind(Kind.RETAINED, () -> target.prune(TWO_DAYS, GRACE));
        }

        assertThat(deletions()).isEmpty();
        assertThat(target.committed()).containsExactlyInAnyOrderElementsOf(days);
        assertThat(target.condemned()).isEmpty();
        // And when it may be, all of it goes
        target.store.lock(_ -> false);
        assertThat(target.prune(TWO_DAYS, GRACE).removed()).hasSize(2);
        assertThat(target.committed()).hasSize(2);
    }

    @Test
    void wherePacksAloneAreLockedTheirListStays() throws Exception {
        target.days(START, 4);
        target.prune(TWO_DAYS, GRACE);
        var condemned = target.condemned();
        target.store.at(day(4).plus(GRACE));
        target.store.lock(name -> name.startsWith("packs/"));

        assertKind(Kind.RETAINED, () -> target.prune(TWO_DAYS, GRACE));

        assertThat(target.condemned()).isEqualTo(condemned);
        assertThat(target.packs()).containsAll(condemned);
    }
}
