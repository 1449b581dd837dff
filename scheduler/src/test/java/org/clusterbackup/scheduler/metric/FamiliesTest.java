package org.clusterbackup.scheduler.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.SourceRetired;
import org.clusterbackup.scheduler.Events;
import org.clusterbackup.scheduler.page.Status;
import org.clusterbackup.scheduler.run.Book;
import org.junit.jupiter.api.Test;

class FamiliesTest {
    private static final Instant T0 = Events.T0;
    private static final Instant SOON = T0.plusSeconds(120);
    private static final Objectives OBJECTIVES =
            new Objectives(Duration.ofMinutes(15), Duration.ofDays(35), Duration.ofDays(120), OptionalLong.empty());

    private final Book book = new Book(List.of("a", "b"), Events.BELIEVED);

    private Map<Map<String, String>, Double> values(String name, Instant now) {
        var view = book.view(now);
        var families = new ArrayList<Family>();
        families.addAll(new PolicyFamilies(List.of("a", "b"), List.of(), OBJECTIVES).of(view, T0));
        families.addAll(new SourceFamilies(List.of("a", "b"), List.of(), OBJECTIVES).of(view, now, Map.of()));
        var values = new HashMap<Map<String, String>, Double>();
        families.stream()
                .filter(family -> family.name().equals(name))
                .flatMap(family -> family.samples().stream())
                .forEach(sample -> values.put(sample.labels(), sample.value()));
        return values;
    }

    private void happens(BackupEvent... events) throws Exception {
        for (var event : events) {
            book.apply(event, SOON);
        }
    }

    private static BackupFailed failed(String kind, Optional<String> target, Instant at) {
        return new BackupFailed("etcd/main", Optional.of("r"), "ship", target, kind, "it broke", true, at);
    }

    @Test
    void sourceOfTheLastRunIsFailedWhereItWasGivenUp() throws Exception {
        book.requested(Events.request("r"));
        happens(
                Events.announced("etcd/main", SOON),
                Events.shipped("r", "etcd/main", "a"),
                failed("failed", Optional.of("b"), T0.plusSeconds(10)));

        assertThat(values("clusterbackup_source_run_failed", SOON))
                .containsEntry(Map.of("source", "etcd/main", "target", "a"), 0.0)
                .containsEntry(Map.of("source", "etcd/main", "target", "b"), 1.0);
        assertThat(values("clusterbackup_source_run_expired", SOON).values()).containsOnly(0.0);
    }

    @Test
    void runThatIsNotOverSaysNothingOfASource() throws Exception {
        book.requested(Events.request("r"));
        happens(Events.announced("etcd/main", SOON));

        assertThat(values("clusterbackup_source_run_failed", SOON)).isEmpty();
        assertThat(values("clusterbackup_source_run_expired", T0.plus(Duration.ofHours(25))))
                .containsEntry(Map.of("source", "etcd/main", "target", "a"), 1.0);
    }

    @Test
    void whatWasSparedSupersededOrCancelledIsNoFailure() throws Exception {
        for (var kind : List.of(BackupFailed.SPARED, BackupFailed.SUPERSEDED, BackupFailed.CANCELLED)) {
            book.requested(Events.request("r"));
            happens(Events.announced("etcd/main", SOON), failed(kind, Optional.empty(), T0.plusSeconds(10)));

            assertThat(values("clusterbackup_source_run_failed", SOON).values())
                    .as(kind)
                    .containsOnly(0.0);
        }
    }

    @Test
    void retiredSourceIsNotExpectedAndFailsNoMore() throws Exception {
        book.requested(Events.request("r"));
        happens(
                Events.announced("etcd/main", SOON),
                failed("failed", Optional.empty(), T0.plusSeconds(10)),
                new SourceRetired("etcd/main"));

        assertThat(values("clusterbackup_source_expected", SOON)).isEmpty();
        assertThat(values("clusterbackup_source_run_failed", SOON)).isEmpty();
    }

    @Test
    void damageIsToldUntilAWholeArtifactComes() throws Exception {
        var labels = Map.of("source", "etcd/main", "target", "a");
        happens(failed("damaged", Optional.of("a"), T0.plusSeconds(10)));
        assertThat(values("clusterbackup_damage_timestamp_seconds", SOON)).containsKey(labels);

        happens(Events.shipped("r", "etcd/main", "b"));
        assertThat(values("clusterbackup_damage_timestamp_seconds", SOON)).containsKey(labels);

        happens(Events.shipped("r", "etcd/main", "a"));
        assertThat(values("clusterbackup_damage_timestamp_seconds", SOON)).isEmpty();
    }

    @Test
    void oneProcessOfEachServiceIsExpectedForWhatItAnnounces() throws Exception {
        happens(
                Events.announced("brick/gv0/0/node-a", SOON),
                Events.announced("host/node-a", SOON),
                Events.announced("etcd/main", SOON));

        assertThat(values("clusterbackup_agents_expected", SOON))
                .isEqualTo(Map.of(
                        Map.of("agent", "brick-agent"), 1.0,
                        Map.of("agent", "etcd-agent"), 1.0,
                        Map.of("agent", "shipper"), 2.0));
    }

    @Test
    void lastRecoveryPointIsToldThoughItDoesNotCount() throws Exception {
        book.requested(Events.request("r", "*"));
        happens(Events.reached("r", "a", 1, "partial", List.of("host/x"), "etcd/main"));

        assertThat(values("clusterbackup_recovery_point_timestamp_seconds", SOON))
                .isEmpty();
        assertThat(values("clusterbackup_recovery_point_status", SOON))
                .containsEntry(Map.of("target", "a", "status", "partial"), 1.0)
                .containsEntry(Map.of("target", "a", "status", "complete"), 0.0);
    }

    @Test
    void openRunByHandHasNoPolicy() throws Exception {
        book.requested(Events.request("r"));
        happens(Events.announced("etcd/main", SOON));

        assertThat(values("clusterbackup_oldest_open_run_timestamp_seconds", SOON))
                .isEqualTo(Map.of(Map.of("policy", ""), (double) T0.getEpochSecond()));
    }

    @Test
    void groupHasOneVerdict() {
        var owed = new Status.Owed("g", "t", 3, 1, Optional.of(T0), Optional.empty(), "stuck");

        var verdicts = GroupFamilies.of(List.of(owed)).stream()
                .filter(family -> family.name().equals("clusterbackup_group_verdict"))
                .flatMap(family -> family.samples().stream())
                .filter(sample -> sample.value() == 1)
                .map(sample -> sample.labels().get("verdict"))
                .toList();

        assertThat(verdicts).containsExactly("stuck");
    }
}
