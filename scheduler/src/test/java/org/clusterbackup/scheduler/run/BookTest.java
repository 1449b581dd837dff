package org.clusterbackup.scheduler.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.clusterbackup.scheduler.Events.T0;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupRequest;
import org.clusterbackup.events.RecoveryPointDue;
import org.clusterbackup.events.RecoveryPointReached;
import org.clusterbackup.events.SourceRetired;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.scheduler.Events;
import org.junit.jupiter.api.Test;

class BookTest {
    private static final Duration SETTLE = Duration.ofSeconds(10);
    private static final Duration REPEAT = Duration.ofMinutes(5);
    private static final Instant SOON = T0.plusSeconds(60);
    private static final Instant DEADLINE = T0.plus(Duration.ofHours(24));

    private final Book book = new Book(List.of("a", "b"), Events.BELIEVED);

    private void apply(BackupEvent... events) throws Exception {
        for (var event : events) {
            book.apply(event, SOON);
        }
    }

    private List<RecoveryPointDue> due(Instant now) {
        return book.due(now, SETTLE, REPEAT, _ -> List.of());
    }

    @Test
    void dueAtEachTargetAloneWhenEverySourceIsThere() throws Exception {
        book.requested(Events.request("r"));
        apply(Events.announced("etcd/main", T0), Events.announced("host/a", T0));
        apply(Events.shipped("r", "etcd/main", "a"), Events.shipped("r", "etcd/main", "b"));
        assertThat(due(SOON)).isEmpty();

        apply(Events.shipped("r", "host/a", "b"));

        assertThat(due(SOON)).extracting(RecoveryPointDue::target).containsExactly("b");
    }

    @Test
    void oneDeadTargetDoesNotHoldUpTheOther() throws Exception {
        book.requested(Events.request("r"));
        apply(Events.announced("etcd/main", T0), Events.shipped("r", "etcd/main", "a"));

        assertThat(due(SOON)).extracting(RecoveryPointDue::target).containsExactly("a");
    }

    @Test
    void atTheLatestDueAtTheDeadline() throws Exception {
        book.requested(Events.request("r"));
        apply(Events.announced("etcd/main", T0));

        assertThat(due(DEADLINE.minusSeconds(1))).isEmpty();
        assertThat(due(DEADLINE)).hasSize(2);
    }

    @Test
    void nothingIsDueBeforeAgentsHadTimeToAnnounceThemselves() throws Exception {
        book.requested(Events.request("r"));
        assertThat(due(SOON)).isEmpty();

        apply(Events.announced("etcd/main", T0), Events.shipped("r", "etcd/main", "a"));

        assertThat(due(T0.plusSeconds(9))).isEmpty();
        assertThat(due(T0.plusSeconds(10))).hasSize(1);
    }

    @Test
    void repeatedUntilReached() throws Exception {
        book.requested(Events.request("r"));
        apply(Events.announced("etcd/main", T0), Events.shipped("r", "etcd/main", "a"));
        book.apply(due(SOON).getFirst(), SOON);
        assertThat(due(SOON.plusSeconds(299))).isEmpty();
        assertThat(due(SOON.plusSeconds(300))).hasSize(1);

        apply(Events.reached("r", "a", 1, "complete", "etcd/main"));

        assertThat(due(SOON.plusSeconds(300))).isEmpty();
    }

    @Test
    void lateArtifactMakesAFurtherEntryDue() throws Exception {
        book.requested(Events.request("r"));
        apply(Events.announced("etcd/main", T0), Events.announced("host/a", T0));
        apply(Events.shipped("r", "etcd/main", "a"), Events.failed("r", "host/a", Optional.empty(), true));
        apply(Events.reached("r", "a", 1, "partial"));
        assertThat(due(SOON)).extracting(RecoveryPointDue::target).contains("a");

        apply(Events.reached("r", "a", 2, "complete", "etcd/main"));

        assertThat(due(SOON)).extracting(RecoveryPointDue::target).doesNotContain("a");
    }

    @Test
    void sparedReplicaIsNotWaitedFor() throws Exception {
        book.requested(Events.request("r"));
        apply(Events.announced("brick/gv0/0/node-a", T0), Events.announced("brick/gv0/1/node-b", T0));

        apply(Events.shipped("r", "brick/gv0/0/node-a", "a"), Events.spared("r", "brick/gv0/1/node-b"));

        assertThat(due(SOON)).extracting(RecoveryPointDue::target).containsExactly("a");
    }

    @Test
    void retiredSourceIsNotExpected() throws Exception {
        book.requested(Events.request("r"));
        apply(Events.announced("etcd/main", T0), Events.announced("host/gone", T0), new SourceRetired("host/gone"));

        apply(Events.shipped("r", "etcd/main", "a"));

        assertThat(due(SOON)).hasSize(1);
    }

    @Test
    void requestMayComeAfterItsEvents() throws Exception {
        apply(Events.shipped("r", "etcd/main", "a"), Events.announced("etcd/main", T0));
        assertThat(due(SOON)).isEmpty();

        book.requested(Events.request("r"));

        assertThat(due(SOON)).hasSize(1);
    }

    @Test
    void entryThatIsNotWhatItsEventSaysIsNotBelieved() {
        var good = Events.reached("r", "a", 1, "complete", "etcd/main");
        var forged = new RecoveryPointReached(
                "r", "a", good.head(), good.entry().replace("complete", "degraded"), good.signature());

        assertThatThrownBy(() -> book.apply(forged, SOON)).isInstanceOf(BackupException.class);
        assertThat(book.view(SOON).points()).isEmpty();
    }

    @Test
    void stagingIsWrittenUntilEachSourceIsReadyOrGivenUp() throws Exception {
        book.requested(Events.request("r"));
        apply(Events.announced("etcd/main", T0));
        assertThat(book.writingSince(SOON)).contains(T0);

        apply(Events.ready("r", "etcd/main"));

        assertThat(book.writingSince(SOON)).isEmpty();
    }

    @Test
    void runForSomeSourcesIsEnteredAgainstEverySource() throws Exception {
        book.requested(Events.request("r", "etcd/*"));
        apply(Events.announced("etcd/main", T0), Events.announced("host/a", T0));

        apply(Events.shipped("r", "etcd/main", "a"));

        assertThat(due(SOON)).extracting(RecoveryPointDue::sources).containsExactly(List.of("etcd/main", "host/a"));
    }

    @Test
    void targetIsAskedForNoOldRunOfWhichItGotNothing() throws Exception {
        for (var run : List.of("old", "older", "newest")) {
            var at = T0.plusSeconds(run.equals("newest") ? 60 : 0);
            book.requested(new BackupRequest(run, Optional.empty(), List.of(), at, at.plusSeconds(3600)));
        }
        apply(Events.announced("etcd/main", T0), Events.shipped("older", "etcd/main", "a"));

        assertThat(due(DEADLINE))
                .extracting(due -> due.run() + " at " + due.target())
                .containsExactlyInAnyOrder("older at a", "newest at a", "newest at b");
    }

    @Test
    void runThatALedgerHasIsKnownWithoutItsRequest() throws Exception {
        apply(Events.reached("yearly-20260101t000000z", "a", 1, "complete", "etcd/main"));

        assertThat(book.knows("yearly-20260101t000000z")).isTrue();
    }
}
