package org.clusterbackup.scheduler.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.scheduler.Events;
import org.junit.jupiter.api.Test;

class RunStateTest {
    private static final String RUN = "run-1";
    private static final Set<String> EXPECTED = Set.of("etcd/main", "host/node-a");

    private static RunState folded(BackupEvent... events) {
        var state = RunState.start();
        for (var event : events) {
            state = state.apply(event);
        }
        return state;
    }

    @Test
    void settledWhenEachSourceIsShippedOrFailedForGood() {
        var state = folded(
                Events.shipped(RUN, "etcd/main", "a"), Events.failed(RUN, "host/node-a", Optional.empty(), true));

        assertThat(state.settled(EXPECTED)).isTrue();
    }

    @Test
    void failureThatWillBeRetriedSettlesNothing() {
        var state = folded(
                Events.shipped(RUN, "etcd/main", "a"), Events.failed(RUN, "host/node-a", Optional.empty(), false));

        assertThat(state.settled(EXPECTED)).isFalse();
    }

    @Test
    void readyArtifactIsNotSettledUntilItIsShipped() {
        assertThat(folded(Events.ready(RUN, "etcd/main")).settled(Set.of("etcd/main")))
                .isFalse();
    }

    @Test
    void artifactMadeAfterAFailureIsWaitedFor() {
        var state = folded(Events.failed(RUN, "etcd/main", Optional.empty(), true), Events.ready(RUN, "etcd/main"));

        assertThat(state.settled(Set.of("etcd/main"))).isFalse();
    }

    @Test
    void reachedOwesNothingUntilALateArtifactComes() throws Exception {
        var point = RecoveryPoint.parse(Events.reached(RUN, "a", 1, "partial", "etcd/main"));
        var state = folded(Events.shipped(RUN, "etcd/main", "a")).reached(point);

        assertThat(state.owesEntry()).isFalse();
        assertThat(state.apply(Events.shipped(RUN, "host/node-a", "a")).apply(Events.shipped(RUN, "etcd/main", "a")))
                .satisfies(late -> assertThat(late.facts().shipped()).hasSize(2));
    }

    @Test
    void lastEntryCounts() throws Exception {
        var first = RecoveryPoint.parse(Events.reached(RUN, "a", 1, "partial", "etcd/main"));
        var second = RecoveryPoint.parse(Events.reached(RUN, "a", 2, "complete", "etcd/main", "host/node-a"));

        var state = RunState.start().reached(second).reached(first);

        assertThat(state).isEqualTo(new RunState.Reached(RunState.start().facts(), second));
    }

    @Test
    void orderAndRepetitionDoNotMatter() {
        var events = new ArrayList<BackupEvent>(List.of(
                Events.ready(RUN, "etcd/main"),
                Events.shipped(RUN, "etcd/main", "a"),
                Events.failed(RUN, "host/node-a", Optional.empty(), true),
                Events.failed(RUN, "host/node-a", Optional.empty(), false),
                Events.shipped(RUN, "etcd/main", "a")));
        var expected = folded(events.toArray(BackupEvent[]::new));
        for (var seed = 0; seed < 50; seed++) {
            Collections.shuffle(events, new Random(seed));

            assertThat(folded(events.toArray(BackupEvent[]::new))).isEqualTo(expected);
        }
    }
}
