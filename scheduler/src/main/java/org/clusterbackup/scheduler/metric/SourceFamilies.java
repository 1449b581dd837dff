package org.clusterbackup.scheduler.metric;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.scheduler.policy.Policy;
import org.clusterbackup.scheduler.run.Book;
import org.clusterbackup.scheduler.run.RunState;

/** Each source: whether it is heard of, what was made of it, and where that is. */
public record SourceFamilies(List<String> targets, List<Policy> policies, Objectives objectives) {
    private static final String SOURCE = "source";
    private static final String TARGET = "target";

    public List<Family> of(Book.View view, Instant now, Map<String, Duration> skews) {
        var expected = new Family("clusterbackup_source_expected", "1 for each source that agents announced");
        var seen = new Family("clusterbackup_source_seen_timestamp_seconds", "when it was last announced");
        var problem = new Family("clusterbackup_source_problem", "1 where its agent says that a backup would fail");
        var skew = new Family(
                "clusterbackup_clock_skew_seconds",
                "how far the clock of the source's agent is ahead of the scheduler's");
        for (var source : view.announced()) {
            var name = source.source();
            expected.add(true, SOURCE, name);
            seen.add(source.announced(), SOURCE, name);
            problem.add(source.problem().isPresent(), SOURCE, name);
            Optional.ofNullable(skews.get(name)).ifPresent(by -> skew.add(by, SOURCE, name));
        }
        var families = new ArrayList<>(List.of(
                expected,
                seen,
                problem,
                skew,
                new Family(
                                "clusterbackup_source_silent_after_seconds",
                                "age of its last announcement at which a source is silent")
                        .add(objectives.silent()),
                agents(view)));
        families.addAll(artifacts(view));
        families.addAll(copies(view));
        families.addAll(lastRuns(view, now));
        return List.copyOf(families);
    }

    /** How many processes of each service there are to be, by what was announced and declared. */
    private Family agents(Book.View view) {
        var nodes = new TreeMap<String, Set<String>>();
        view.announced()
                .forEach(source -> agentOf(source).ifPresent(agent -> nodes.computeIfAbsent(agent, _ -> new TreeSet<>())
                        .add(source.node().orElse(source.source()))));
        var expected = new Family("clusterbackup_agents_expected", "processes of the service that there should be");
        nodes.forEach((agent, names) -> expected.add(names.size(), "agent", agent));
        return expected.add(targets.size(), "agent", "shipper");
    }

    private static Optional<String> agentOf(SourceAnnounced source) {
        return switch (source.source().substring(0, source.source().indexOf('/') + 1)) {
            case "brick/", "host/" -> Optional.of("brick-agent");
            case "etcd/" -> Optional.of("etcd-agent");
            case "kubernetes/" -> Optional.of("k8s-dumper");
            default -> Optional.empty();
        };
    }

    private static List<Family> artifacts(Book.View view) {
        var plain = new Family("clusterbackup_artifact_stream_bytes", "plain bytes of the source's newest artifact");
        var stored = new Family("clusterbackup_artifact_stored_bytes", "stored bytes of the packs that it needs");
        var added = new Family("clusterbackup_artifact_new_bytes", "stored bytes of the packs that it added");
        var took = new Family("clusterbackup_artifact_duration_seconds", "time that it took to make it");
        view.ready().forEach((source, artifact) -> {
            plain.add(artifact.streamBytes(), SOURCE, source);
            stored.add(artifact.storedBytes(), SOURCE, source);
            added.add(artifact.newBytes(), SOURCE, source);
            took.add(Duration.between(artifact.started(), artifact.finished()), SOURCE, source);
        });
        return List.of(plain, stored, added, took);
    }

    private List<Family> copies(Book.View view) {
        var begun = new Family(
                "clusterbackup_copy_timestamp_seconds", "when the backup began that the newest verified copy holds");
        var proved = new Family(
                "clusterbackup_copy_proved_timestamp_seconds", "when the oldest pack of that copy was proved");
        var objective = new Family(
                "clusterbackup_proof_objective_seconds", "how long ago the oldest pack may have been proved");
        var damage = new Family(
                "clusterbackup_damage_timestamp_seconds",
                "when bytes were found that are not what was signed, unless a whole artifact came since");
        for (var target : targets) {
            objective.add(objectives.proof(), TARGET, target);
            view.shipped().getOrDefault(target, Map.of()).forEach((source, copy) -> {
                begun.add(copy.started(), SOURCE, source, TARGET, target);
                proved.add(copy.proved(), SOURCE, source, TARGET, target);
            });
        }
        view.damage()
                .forEach(told -> damage.add(
                        told.failed(),
                        SOURCE,
                        told.source(),
                        TARGET,
                        told.target().orElse("")));
        return List.of(begun, proved, objective, damage);
    }

    /** What became of each source in the last run that is over for it. */
    private List<Family> lastRuns(Book.View view, Instant now) {
        var failed =
                new Family("clusterbackup_source_run_failed", "1 where the source's last run that is over gave it up");
        var expired = new Family(
                "clusterbackup_source_run_expired",
                "1 where the source's last run that is over reached its deadline first");
        for (var target : targets) {
            var judged = new HashMap<String, String>();
            for (var run : view.runs()) {
                var facts = Objects.requireNonNull(run.states().get(target)).facts();
                run.expected().stream()
                        .filter(source -> facts.settled(source) || run.request().expiredAt(now))
                        .forEach(source -> judged.putIfAbsent(source, verdict(facts, source)));
            }
            known(view).stream().filter(judged::containsKey).forEach(source -> {
                failed.add("failed".equals(judged.get(source)), SOURCE, source, TARGET, target);
                expired.add("expired".equals(judged.get(source)), SOURCE, source, TARGET, target);
            });
        }
        return List.of(failed, expired);
    }

    private static String verdict(RunState.Facts facts, String source) {
        if (facts.spared(source) || facts.shipped().containsKey(source)) {
            return "good";
        } else if (facts.finallyFailed(source)) {
            var kind = Objects.requireNonNull(facts.failed().get(source)).kind();
            return switch (kind) {
                case BackupFailed.EXPIRED -> "expired";
                case BackupFailed.SUPERSEDED, BackupFailed.CANCELLED -> "good";
                default -> "failed";
            };
        }
        return "expired";
    }

    /** Whoever was retired is no failure any more. */
    private Set<String> known(Book.View view) {
        var known = new TreeSet<String>();
        view.announced().forEach(source -> known.add(source.source()));
        policies.forEach(policy -> policy.required().forEach(required -> known.add(required.source())));
        return known;
    }
}
