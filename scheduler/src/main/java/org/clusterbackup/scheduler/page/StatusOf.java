package org.clusterbackup.scheduler.page;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.clusterbackup.events.ArtifactShipped;
import org.clusterbackup.events.BackupProgress;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.scheduler.policy.Policy;
import org.clusterbackup.scheduler.run.Book;
import org.clusterbackup.scheduler.run.RecoveryPoint;
import org.clusterbackup.scheduler.run.RunState;
import org.jspecify.annotations.Nullable;

/**
 * Judges what the book says: no clock, no I/O. Silence is a problem; what nobody has seen is not shown as good.
 *
 * @param silentAfter age of its last announcement at which a source is silent
 */
public record StatusOf(List<String> targets, List<Policy> policies, Duration silentAfter) {
    private static final int RUNS = 10;
    private static final Duration LIVE = Duration.ofMinutes(2);

    /** @param staging what is wrong in staging */
    public Status at(Instant now, Book.View view, List<String> staging, List<Status.Owed> owed, long rejected) {
        var sources = sources(now, view);
        var atTargets = targets.stream().map(name -> target(now, name, view)).toList();
        var problems = new ArrayList<>(problems(now, view, sources, atTargets));
        problems.addAll(staging);
        return new Status(
                now,
                problems.isEmpty(),
                verdict(sources, atTargets, problems),
                problems,
                atTargets,
                sources,
                runs(now, view),
                owed,
                rejected);
    }

    private String verdict(List<Status.Source> sources, List<Status.Target> atTargets, List<String> problems) {
        if (!problems.isEmpty()) {
            return "NOT PROTECTED as wanted: " + problems.getFirst()
                    + (problems.size() > 1 ? ", and " + (problems.size() - 1) + " more" : "");
        }
        var oldest = atTargets.stream()
                .map(Status.Target::ageSeconds)
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder())
                .orElse(0L);
        return "Protected: all " + sources.size() + " sources are verified at all " + atTargets.size()
                + " targets; a restore would go back at most " + Ages.text(Duration.ofSeconds(oldest)) + ".";
    }

    private List<String> problems(
            Instant now, Book.View view, List<Status.Source> sources, List<Status.Target> atTargets) {
        var problems = new ArrayList<String>();
        if (sources.isEmpty()) {
            problems.add("no source was ever announced");
        }
        for (var target : atTargets) {
            if (target.restores().isEmpty()) {
                problems.add("target " + target.name() + " has no recovery point");
            }
            if (target.status().filter(status -> !status.equals("complete")).isPresent()) {
                problems.add("the last recovery point at " + target.name() + " is "
                        + target.status().get());
            }
            target.problems().forEach(problem -> problems.add("at " + target.name() + ", " + problem));
            target.drill()
                    .filter(drill -> !drill.ok())
                    .ifPresent(drill -> problems.add("the last drill at " + target.name()
                            + " failed or was too slow, of " + drill.run() + ": " + drill.report() + " says why"));
        }
        for (var policy : policies) {
            problems.addAll(late(now, policy, view));
        }
        for (var source : sources) {
            if (source.silent()) {
                problems.add("source " + source.source() + " is silent");
            }
            source.problem().ifPresent(problem -> problems.add("source " + source.source() + ": " + problem));
            for (var copy : source.copies()) {
                if (copy.artifact().isEmpty() && !spared(source.source(), view)) {
                    problems.add("source " + source.source() + " has no verified copy at " + copy.target());
                }
            }
        }
        return List.copyOf(problems);
    }

    /** Whether the newest run that says anything of it left it to another replica of its set. */
    private static boolean spared(String source, Book.View view) {
        return view.runs().stream()
                .flatMap(run -> run.states().values().stream().map(RunState::facts))
                .filter(facts -> facts.settled(source))
                .findFirst()
                .filter(facts -> facts.spared(source))
                .isPresent();
    }

    private List<String> late(Instant now, Policy policy, Book.View view) {
        var late = new ArrayList<String>();
        for (var target : targets) {
            var restores = new PointsAt(target, policies, view).newest(policy).map(RecoveryPoint::restores);
            if (restores.isEmpty()) {
                late.add("policy " + policy.name() + " has no recovery point at " + target);
            } else if (restores.get().plus(policy.objective()).isBefore(now)) {
                late.add("the recovery point of " + policy.name() + " at " + target + " is older than "
                        + Ages.text(policy.objective()));
            }
            for (var required : policy.required()) {
                var copy = view.shipped().getOrDefault(target, Map.of()).get(required.source());
                if (copy == null || copy.started().plus(required.maxAge()).isBefore(now)) {
                    late.add("required source " + required.source() + " has no copy at " + target + " younger than "
                            + Ages.text(required.maxAge()));
                }
            }
        }
        return late;
    }

    private Status.Target target(Instant now, String name, Book.View view) {
        var points = new PointsAt(name, policies, view);
        var last = points.last();
        var counting = points.newest();
        return new Status.Target(
                name,
                last.map(RecoveryPoint::run),
                last.map(RecoveryPoint::status),
                counting.map(RecoveryPoint::restores),
                counting.map(point -> age(point.restores(), now)),
                last.map(RecoveryPoint::head),
                last.stream()
                        .flatMap(point -> point.missing().stream())
                        .map(missing -> missing.source() + ": " + missing.reason())
                        .toList(),
                last.map(RecoveryPoint::problems).orElse(List.of()),
                Optional.ofNullable(view.drills().get(name))
                        .map(drill -> new Status.Drilled(
                                drill.run(), drill.time(), age(drill.time(), now), drill.ok(), drill.report())));
    }

    private List<Status.Source> sources(Instant now, Book.View view) {
        var names = new TreeSet<String>();
        view.announced().forEach(source -> names.add(source.source()));
        policies.forEach(policy -> policy.required().forEach(required -> names.add(required.source())));
        return names.stream().map(name -> source(now, name, view)).toList();
    }

    private Status.Source source(Instant now, String name, Book.View view) {
        var announced = view.announced().stream()
                .filter(source -> source.source().equals(name))
                .findFirst();
        var copies = targets.stream()
                .map(target -> copy(
                        now,
                        target,
                        view.shipped().getOrDefault(target, Map.of()).get(name)))
                .toList();
        return new Status.Source(
                name,
                announced.flatMap(SourceAnnounced::node),
                announced.map(SourceAnnounced::announced),
                announced
                        .map(source -> source.announced().plus(silentAfter).isBefore(now))
                        .orElse(false),
                announced.flatMap(SourceAnnounced::problem),
                Optional.ofNullable(view.ready().get(name)).map(artifact -> artifact.streamBytes()),
                copies);
    }

    private static Status.Copy copy(Instant now, String target, @Nullable ArtifactShipped shipped) {
        var copy = Optional.ofNullable(shipped);
        return new Status.Copy(
                target,
                copy.map(at -> at.artifact()),
                copy.map(at -> age(at.started(), now)),
                copy.map(at -> at.proved()));
    }

    private List<Status.RunNow> runs(Instant now, Book.View view) {
        return Stream.concat(
                        view.runs().stream().filter(Book.RunView::open),
                        view.runs().stream().filter(run -> !run.open()))
                .limit(RUNS)
                .map(run -> run(now, run, view))
                .toList();
    }

    private Status.RunNow run(Instant now, Book.RunView run, Book.View view) {
        var atTargets = targets.stream()
                .map(target -> atTarget(
                        target, run, Objects.requireNonNull(run.states().get(target))))
                .toList();
        var steps = view.progress().stream()
                .filter(step -> step.run().equals(Optional.of(run.request().run())))
                .filter(step -> run.open() && step.at().plus(LIVE).isAfter(now))
                .map(StatusOf::step)
                .toList();
        var failures = run.states().values().stream()
                .flatMap(state -> state.facts().failed().values().stream()
                        .filter(failure -> !failure.isSpared())
                        .filter(failure -> state.facts().finallyFailed(failure.source())))
                .map(failure -> failure.source()
                        + failure.target().map(target -> " to " + target).orElse("") + ": " + failure.message())
                .distinct()
                .sorted()
                .toList();
        return new Status.RunNow(
                run.request().run(),
                run.request().requested(),
                run.request().deadline(),
                run.open(),
                atTargets,
                steps,
                failures);
    }

    private static Status.AtTarget atTarget(String target, Book.RunView run, RunState state) {
        var facts = state.facts();
        var failed = run.expected().stream()
                .filter(source -> facts.finallyFailed(source) && !facts.spared(source))
                .count();
        var word =
                switch (state) {
                    case RunState.Reached reached -> reached.point().status();
                    case RunState.Collecting collecting when collecting.settled(run.expected()) -> "due";
                    case RunState.Collecting _ -> "collecting";
                };
        return new Status.AtTarget(
                target,
                state.facts().shipped().size(),
                (int) failed,
                run.expected().size(),
                word);
    }

    private static Status.Step step(BackupProgress step) {
        var percent = step.bytesEstimated() == 0
                ? Optional.<Integer>empty()
                : Optional.of((int) Math.min(100, step.bytesDone() * 100 / step.bytesEstimated()));
        return new Status.Step(step.source(), step.stage(), step.target(), step.bytesDone(), percent);
    }

    private static long age(Instant time, Instant now) {
        return Math.max(0, Duration.between(time, now).toSeconds());
    }
}
