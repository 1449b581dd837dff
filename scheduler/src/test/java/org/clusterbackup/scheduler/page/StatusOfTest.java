package org.clusterbackup.scheduler.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.DrillEntered;
import org.clusterbackup.events.RecoveryPointReached;
import org.clusterbackup.scheduler.Events;
import org.clusterbackup.scheduler.policy.Policy;
import org.clusterbackup.scheduler.run.Book;
import org.junit.jupiter.api.Test;

class StatusOfTest {
    private static final String LEADER = "brick/gv0/0/node-a";
    private static final Instant NOW = Events.T0.plusSeconds(60);
    private static final String OTHER = "brick/gv0/1/node-b";

    private Status status(BackupEvent ofTheOther) throws Exception {
        var now = Events.T0.plusSeconds(60);
        var book = new Book(List.of("a"), Events.BELIEVED);
        book.requested(Events.request("r"));
        for (var event : List.of(
                Events.announced(LEADER, now),
                Events.announced(OTHER, now),
                Events.shipped("r", LEADER, "a"),
                ofTheOther,
                Events.reached("r", "a", 1, "complete", LEADER))) {
            book.apply(event, now);
        }
        return new StatusOf(List.of("a"), List.of(), Duration.ofHours(1))
                .at(now, book.view(now), List.of(), List.of(), 0);
    }

    @Test
    void sparedReplicaIsNoFailureAndNoProblem() throws Exception {
        var status = status(Events.spared("r", OTHER));

        assertThat(status.problems()).isEmpty();
        assertThat(status.runs().getFirst().failures()).isEmpty();
        assertThat(status.runs().getFirst().targets().getFirst().failed()).isZero();
    }

    @Test
    void replicaThatFailedIsBoth() throws Exception {
        var status = status(Events.failed("r", OTHER, Optional.empty(), true));

        assertThat(status.problems()).containsExactly("source " + OTHER + " has no verified copy at a");
        assertThat(status.runs().getFirst().failures()).containsExactly(OTHER + ": it broke");
        assertThat(status.runs().getFirst().targets().getFirst().failed()).isOne();
    }

    private static Policy policy(String name, String... sources) {
        return new Policy(
                name,
                new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX)).parse("0 3 * * *"),
                ZoneOffset.UTC,
                Duration.ZERO,
                true,
                List.of(sources),
                List.of(),
                Duration.ofDays(1),
                Duration.ofDays(2));
    }

    private static Status status(Policy policy, RecoveryPointReached... points) throws Exception {
        var book = new Book(List.of("a"), Events.BELIEVED);
        for (var source : List.of("etcd/main", "host/a")) {
            book.apply(Events.announced(source, NOW), NOW);
            book.apply(Events.shipped("r", source, "a"), NOW);
        }
        for (var point : points) {
            book.apply(point, NOW);
        }
        return new StatusOf(List.of("a"), List.of(policy), Duration.ofHours(1))
                .at(NOW, book.view(NOW), List.of(), List.of(), 0);
    }

    private static RecoveryPointReached reached(int number, String run, String status, String... missing) {
        return Events.reached(run, "a", number, status, List.of(missing), "etcd/main");
    }

    @Test
    void policyThatNeverReachedARecoveryPointIsAProblem() throws Exception {
        var everything = reached(1, "manual-1", "complete");
        var ofThePolicy = reached(2, "nightly-20261122t030000z", "partial", "host/a");

        assertThat(status(policy("nightly"), ofThePolicy).problems())
                .contains("policy nightly has no recovery point at a");
        assertThat(status(policy("nightly"), everything).problems()).isEmpty();
    }

    @Test
    void recoveryPointOfARunForSomeSourcesCountsForItsPolicyAndNotForTheRest() throws Exception {
        var hourly = policy("hourly", "etcd/*");
        var whole = reached(1, "manual-1", "complete");
        var some = reached(2, "hourly-20261122t030000z", "partial", "host/a");

        assertThat(status(hourly, whole, some).problems()).isEmpty();
        assertThat(status(hourly, some).problems())
                .containsExactly("target a has no recovery point", "the last recovery point at a is partial");
        assertThat(status(policy("hourly", "host/*"), some).problems())
                .contains("policy hourly has no recovery point at a");
    }

    @Test
    void whatDegradesARecoveryPointWithNothingMissingIsAProblem() throws Exception {
        var sealed = "etcd/main holds values that nobody can open";
        var point = Events.reached("manual-1", "a", 1, "degraded", List.of(), List.of(sealed), "etcd/main", "host/a");

        var status = status(policy("nightly"), point);

        assertThat(status.problems()).containsExactly("the last recovery point at a is degraded", "at a, " + sealed);
        assertThat(status.targets().getFirst().problems()).containsExactly(sealed);
    }

    private static Status drilled(DrillEntered... drills) throws Exception {
        var book = new Book(List.of("a"), Events.BELIEVED);
        book.apply(Events.reached("r", "a", 1, "complete", LEADER), NOW);
        for (var drill : drills) {
            book.apply(drill, NOW);
        }
        return new StatusOf(List.of("a"), List.of(), Duration.ofHours(1))
                .at(NOW, book.view(NOW), List.of(), List.of(), 0);
    }

    @Test
    void newestDrillCountsByWhenItBeganAndOneOfSomeSourcesOnlyIfItFailed() throws Exception {
        var good = Events.drill("r", "a", 3, NOW.minusSeconds(600), true, true);
        var older = Events.drill("r", "a", 4, NOW.minusSeconds(900), false, true);
        var some = Events.drill("r", "a", 5, NOW.minusSeconds(5), true, false);

        var status = drilled(good, older, some);

        assertThat(status.targets().getFirst().drill())
                .contains(new Status.Drilled("r", NOW.minusSeconds(600), 600, true, "drills/3.json"));
        assertThat(status.problems()).noneMatch(problem -> problem.contains("drill"));
        assertThat(drilled(good, Events.drill("r", "a", 6, NOW, false, false)).problems())
                .contains("the last drill at a failed or was too slow, of r: drills/6.json says why");
        assertThat(drilled().targets().getFirst().drill()).isEmpty();
    }

    @Test
    void drillThatIsAnotherThanItsEventSaysIsNotBelieved() throws Exception {
        var drill = Events.drill("r", "a", 3, NOW, true, true);
        var elsewhere = new DrillEntered("b", drill.head(), drill.entry(), drill.signature());
        var changed = new DrillEntered(
                "a", drill.head(), drill.entry().replace("\"ok\":true", "\"ok\":false"), drill.signature());

        for (var lie : List.of(elsewhere, changed)) {
            assertThatThrownBy(() -> drilled(lie)).hasMessageContaining("another than its event says");
        }
    }
}
