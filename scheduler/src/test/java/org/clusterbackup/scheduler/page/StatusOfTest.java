package org.clusterbackup.scheduler.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.scheduler.Events;
import org.clusterbackup.scheduler.run.Book;
import org.clusterbackup.scheduler.run.RecoveryPoint;
import org.junit.jupiter.api.Test;

class StatusOfTest {
    private static final String LEADER = "brick/gv0/0/node-a";
    private static final String OTHER = "brick/gv0/1/node-b";

    private Status status(BackupEvent ofTheOther) throws Exception {
        var now = Events.T0.plusSeconds(60);
        var book = new Book(List.of("a"), RecoveryPoint::parse);
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
}
