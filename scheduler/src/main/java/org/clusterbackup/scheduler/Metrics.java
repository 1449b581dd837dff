package org.clusterbackup.scheduler;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.clusterbackup.scheduler.page.PointsAt;
import org.clusterbackup.scheduler.run.Book;

/** Prometheus metrics of recovery points, sources and owed work; objectives are metrics too, so alerts are joins. */
@ApplicationScoped
public class Metrics {
    private final Scheduler scheduler;
    private final OwedWork owed;
    private final MeterRegistry registry;
    private final ConcurrentMap<String, MultiGauge> gauges = new ConcurrentHashMap<>();
    private final Instant started = Clock.systemUTC().instant();

    Metrics(Scheduler scheduler, OwedWork owed, MeterRegistry registry) {
        this.scheduler = scheduler;
        this.owed = owed;
        this.registry = registry;
    }

    @Scheduled(every = "10s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    @RunOnVirtualThread
    void refresh() throws InterruptedException {
        var parts = scheduler.parts();
        if (parts.isEmpty() || !parts.get().reader().caughtUp().isDone()) {
            return;
        }
        owed.refresh();
        policies(parts.get());
        sources(parts.get());
        groups();
    }

    private void policies(Scheduler.Parts parts) {
        var now = Clock.systemUTC().instant();
        var view = parts.book().view(now);
        var reached = new ArrayList<Row<?>>();
        var objectives = new ArrayList<Row<?>>();
        var since = new ArrayList<Row<?>>();
        var outstanding = new ArrayList<Row<?>>();
        var deadlines = new ArrayList<Row<?>>();
        for (var policy : parts.policies()) {
            for (var target : parts.targets().names()) {
                var tags = Tags.of("target", target, "policy", policy.name());
                new PointsAt(target, parts.policies(), view)
                        .newest(policy)
                        .ifPresent(point -> reached.add(Row.of(tags, seconds(point.restores()))));
                objectives.add(Row.of(tags, policy.objective().toSeconds()));
                since.add(Row.of(tags, seconds(started)));
            }
            deadlines.add(
                    Row.of(Tags.of("policy", policy.name()), policy.deadline().toSeconds()));
            view.runs().stream()
                    .filter(run -> run.open() && run.request().policy().equals(Optional.of(policy.name())))
                    .mapToLong(run ->
                            now.getEpochSecond() - run.request().requested().getEpochSecond())
                    .max()
                    .ifPresent(age -> outstanding.add(Row.of(Tags.of("policy", policy.name()), age)));
        }
        for (var target : parts.targets().names()) {
            new PointsAt(target, parts.policies(), view)
                    .newest()
                    .ifPresent(point ->
                            reached.add(Row.of(Tags.of("target", target, "policy", "any"), seconds(point.restores()))));
        }
        set(
                "clusterbackup_recovery_point_timestamp_seconds",
                "when the newest recovery point that counts began",
                reached);
        drills(parts, view);
        set("clusterbackup_recovery_point_objective_seconds", "how old it may become", objectives);
        set("clusterbackup_policy_since_timestamp_seconds", "since when the scheduler follows the policy", since);
        set("clusterbackup_policy_deadline_seconds", "time that a run has", deadlines);
        set(
                "clusterbackup_oldest_outstanding_request_age_seconds",
                "age of the oldest run that is not over",
                outstanding);
        set(
                "clusterbackup_records_rejected",
                "records that did not parse",
                List.of(Row.of(Tags.empty(), parts.intake().rejections())));
    }

    private void drills(Scheduler.Parts parts, Book.View view) {
        var times = new ArrayList<Row<?>>();
        var good = new ArrayList<Row<?>>();
        for (var target : parts.targets().names()) {
            var drill = view.drills().get(target);
            if (drill != null) {
                times.add(Row.of(Tags.of("target", target), seconds(drill.time())));
                good.add(Row.of(Tags.of("target", target), drill.ok() ? 1 : 0));
            }
        }
        set("clusterbackup_drill_timestamp_seconds", "when the newest drill of a whole recovery point began", times);
        set("clusterbackup_drill_ok", "1 where it restored everything, in time", good);
    }

    private void sources(Scheduler.Parts parts) {
        var view = parts.book().view(Clock.systemUTC().instant());
        var expected = new ArrayList<Row<?>>();
        var seen = new ArrayList<Row<?>>();
        var problems = new ArrayList<Row<?>>();
        for (var source : view.announced()) {
            var tags = Tags.of("source", source.source());
            expected.add(Row.of(tags, 1));
            seen.add(Row.of(tags, seconds(source.announced())));
            problems.add(Row.of(tags, source.problem().isPresent() ? 1 : 0));
        }
        var bytes = new ArrayList<Row<?>>();
        view.ready()
                .forEach((source, artifact) -> bytes.add(Row.of(Tags.of("source", source), artifact.streamBytes())));
        var copies = new ArrayList<Row<?>>();
        view.shipped()
                .forEach((target, bySource) -> bySource.forEach((source, copy) ->
                        copies.add(Row.of(Tags.of("source", source, "target", target), seconds(copy.started())))));
        set("clusterbackup_source_expected", "sources that agents announced", expected);
        set("clusterbackup_source_seen_timestamp_seconds", "when the source was last announced", seen);
        set("clusterbackup_source_problem", "1 where the agent says that a backup would fail", problems);
        set("clusterbackup_artifact_stream_bytes", "plain bytes of the source's newest artifact", bytes);
        set("clusterbackup_copy_timestamp_seconds", "when the newest verified copy was begun", copies);
    }

    private void groups() {
        var lags = new ArrayList<Row<?>>();
        var members = new ArrayList<Row<?>>();
        for (var group : owed.last()) {
            lags.add(Row.of(Tags.of("consumergroup", group.group(), "topic", group.topic()), group.records()));
        }
        owed.last().stream()
                .map(group -> new Members(group.group(), group.members()))
                .distinct()
                .forEach(group -> members.add(Row.of(Tags.of("consumergroup", group.group()), group.count())));
        set("kafka_consumergroup_lag", "records after the committed offset", lags);
        set("kafka_consumergroup_members", "members of the consumer group", members);
    }

    private record Members(String group, int count) {}

    private void set(String name, String description, List<Row<?>> rows) {
        Objects.requireNonNull(gauges.computeIfAbsent(
                        name,
                        key -> MultiGauge.builder(key).description(description).register(registry)))
                .register(rows, true);
    }

    private static long seconds(Instant time) {
        return time.getEpochSecond();
    }
}
