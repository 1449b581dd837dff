package org.clusterbackup.scheduler.owed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupProgress;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.scheduler.Events;
import org.clusterbackup.scheduler.page.Status;
import org.clusterbackup.scheduler.run.Book;
import org.junit.jupiter.api.Test;

class OwingTest {
    private static final Instant T0 = Events.T0;
    private static final Instant LATER = T0.plus(Duration.ofHours(3));
    private static final String MINE = "brick/gv0/0/node-a";
    private static final String SIBLING = "brick/gv0/1/node-b";

    private final Book book = new Book(List.of("far"), Events.BELIEVED);
    private final Publications publications = new Publications();

    private Status.Owed judged(String group, String topic, long records, int members) {
        var lag = new Lag(group, topic, records, members, Map.of(0, 7L));
        return new Owing(book.view(LATER), publications, Duration.ofMinutes(5))
                .at(LATER, List.of(lag))
                .getFirst();
    }

    private void happens(BackupEvent... events) throws Exception {
        for (var event : events) {
            book.apply(event, LATER);
        }
    }

    private void requested(long offset) {
        book.requested(Events.request("r"));
        publications.add("backup-requested", 0, offset, new Publications.Published(T0, Optional.of("r")));
    }

    private static BackupProgress step(String source, String target, long bytes, Instant at) {
        return new BackupProgress(
                source,
                Optional.of("r"),
                Optional.empty(),
                target.isEmpty() ? "dump" : "ship",
                Optional.of(target).filter(name -> !name.isEmpty()),
                bytes,
                1000,
                List.of(),
                at);
    }

    private static SourceAnnounced brick(String source, String node, String set) {
        return new SourceAnnounced(
                source,
                "brick",
                Optional.of(node),
                Optional.of("gv0"),
                Optional.of(0L),
                Optional.of(set),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                T0);
    }

    @Test
    void aJobOfHoursWorksAsLongAsItsBytesGrow() throws Exception {
        requested(7);
        happens(brick(MINE, "node-a", "gv0-0"), step(MINE, "", 10, T0), step(MINE, "", 20, LATER.minusSeconds(30)));

        var owed = judged("brick-agent-node-a", "backup-requested", 1, 1);

        assertThat(owed.verdict()).isEqualTo("working");
        assertThat(owed.oldest()).contains(T0);
        assertThat(owed.deadline()).contains(T0.plus(Duration.ofHours(24)));
    }

    @Test
    void reportsOfTheSameBytesAreNoWork() throws Exception {
        requested(7);
        happens(brick(MINE, "node-a", "gv0-0"), step(MINE, "", 10, T0), step(MINE, "", 10, LATER.minusSeconds(2)));

        assertThat(judged("brick-agent-node-a", "backup-requested", 1, 1).verdict())
                .isEqualTo("stuck");
    }

    @Test
    void aBrickThatWaitsForItsReplicaWorks() throws Exception {
        requested(7);
        happens(
                brick(MINE, "node-a", "gv0-0"),
                brick(SIBLING, "node-b", "gv0-0"),
                step(SIBLING, "", 10, LATER.minusSeconds(2)));

        assertThat(judged("brick-agent-node-a", "backup-requested", 1, 1).verdict())
                .isEqualTo("working");
    }

    @Test
    void workOfOthersIsNone() throws Exception {
        requested(7);
        happens(
                brick(MINE, "node-a", "gv0-0"),
                brick(SIBLING, "node-b", "gv0-1"),
                step(SIBLING, "", 10, LATER.minusSeconds(2)),
                step(MINE, "far", 10, LATER.minusSeconds(2)));

        assertThat(judged("brick-agent-node-a", "backup-requested", 1, 1).verdict())
                .isEqualTo("stuck");
        assertThat(judged("shipper-far", "artifact-ready", 1, 1).verdict()).isEqualTo("working");
    }

    @Test
    void whatWasAskedForJustNowIsNotStuck() throws Exception {
        publications.add(
                "backup-requested", 0, 7, new Publications.Published(LATER.minusSeconds(60), Optional.empty()));

        assertThat(judged("etcd-agent-main", "backup-requested", 1, 1).verdict())
                .isEqualTo("working");
    }

    @Test
    void workOfAGroupWithoutMembersIsDoneByNobodyThoughItMovedJustNow() throws Exception {
        requested(7);
        happens(Events.announced("etcd/main", T0), step("etcd/main", "", 10, LATER.minusSeconds(2)));

        assertThat(judged("etcd-agent-main", "backup-requested", 1, 0).verdict())
                .isEqualTo("nobody-there");
    }

    @Test
    void whatIsCommittedIsNeitherOwedNorOld() throws Exception {
        requested(6);

        assertThat(judged("etcd-agent-main", "backup-requested", 0, 0).verdict())
                .isEqualTo("idle");
        assertThat(judged("etcd-agent-main", "backup-requested", 1, 1).oldest()).isEmpty();
    }

    @Test
    void afterKafkaWasRebuiltOldOffsetsSayNothing() throws Exception {
        requested(7);
        publications.startOver();

        assertThat(judged("etcd-agent-main", "backup-requested", 1, 1).oldest()).isEmpty();
    }
}
