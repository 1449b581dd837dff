package org.clusterbackup.scheduler.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.ArtifactShipped;
import org.clusterbackup.events.BackupCancelled;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.BackupProgress;
import org.clusterbackup.events.BackupRequest;
import org.clusterbackup.events.BackupRequested;
import org.clusterbackup.events.DrillEntered;
import org.clusterbackup.events.RecoveryPointDue;
import org.clusterbackup.events.RecoveryPointReached;
import org.clusterbackup.events.RequiredSource;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.SourceRetired;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** All that the scheduler knows, folded from every event that Kafka still has. Thread-safe. */
public final class Book {
    /** Longer than Kafka keeps events, so that nothing is dropped that a restart would bring back. */
    private static final Duration KEPT = Duration.ofDays(40);

    private static final Set<String> DAMAGE = Set.of(Kind.DAMAGED.text(), Kind.SIGNATURE.text());

    private final List<String> targets;
    private final Ledgers ledgers;
    private final Map<String, Run> runs = new HashMap<>();
    private final TreeMap<String, SourceAnnounced> announced = new TreeMap<>();
    private final Map<String, ArtifactReady> ready = new HashMap<>();
    private final Map<String, Map<String, ArtifactShipped>> shipped = new HashMap<>();
    /** By target and {@code <source>/<artifact>}. */
    private final Map<String, Map<String, Announced>> atTargets = new HashMap<>();

    private final Map<String, TreeMap<Long, RecoveryPoint>> points = new HashMap<>();
    /** By target, the newest that counts. */
    private final Map<String, Drill> drills = new HashMap<>();

    /** Runs with an entry in any ledger: a rare policy's last one is known when Kafka has long forgotten its request. */
    private final Set<String> entered = new HashSet<>();

    private final Map<String, BackupProgress> progress = new HashMap<>();
    private final Moves moves = new Moves();
    /** By source and target, the newest that was told of bytes that are not what they were. */
    private final Map<String, BackupFailed> damage = new HashMap<>();

    /** That an artifact is at a target, as its shipper said last. */
    private record Announced(String manifestSha256, Instant at) {}

    /** Who signs ledgers. */
    @FunctionalInterface
    public interface Ledgers {
        /** @throws BackupException {@code SIGNATURE} unless {@code entry} is to be believed as one of the target's ledger */
        void verify(String target, String entry, String signature) throws BackupException;
    }

    public Book(List<String> targets, Ledgers ledgers) {
        this.targets = List.copyOf(targets);
        this.ledgers = ledgers;
    }

    /** A request with the defaults of its record. */
    public synchronized void requested(BackupRequest request) {
        run(request.run()).requested(request);
    }

    /**
     * @param timestamp of the record
     * @throws BackupException if it is a ledger entry that is not to be believed; the book stays as it was
     */
    public synchronized void apply(BackupEvent event, Instant timestamp) throws BackupException {
        switch (event) {
            case SourceAnnounced source -> announced.put(source.source(), source);
            case SourceRetired source -> announced.remove(source.source());
            case ArtifactReady artifact -> ready(artifact);
            case ArtifactShipped artifact -> shipped(artifact, timestamp);
            case BackupFailed failed -> failed(failed);
            case BackupProgress step -> {
                moves.progress(step);
                progress.merge(
                        step.source() + " " + step.stage() + " " + step.target().orElse(""), step, Book::later);
            }
            case RecoveryPointDue due -> run(due.run()).dueSent(due.target(), timestamp);
            case RecoveryPointReached reached -> {
                ledgers.verify(reached.target(), reached.entry(), reached.signature());
                reached(RecoveryPoint.parse(reached));
            }
            case DrillEntered entered -> {
                ledgers.verify(entered.target(), entered.entry(), entered.signature());
                drilled(Drill.parse(entered));
            }
            case BackupRequested _, BackupCancelled _ -> {
                // A request comes by requested(); a cancellation shows as failures of the sources that it stopped.
            }
        }
    }

    private static BackupProgress later(BackupProgress a, BackupProgress b) {
        return a.at().isAfter(b.at()) ? a : b;
    }

    private void failed(BackupFailed failed) {
        moves.failed(failed);
        failed.run().ifPresent(run -> run(run).apply(failed.target(), failed.source(), failed));
        if (DAMAGE.contains(failed.kind())) {
            damage.merge(
                    failed.source() + " " + failed.target().orElse(""),
                    failed,
                    (a, b) -> a.failed().isAfter(b.failed()) ? a : b);
        }
    }

    private void ready(ArtifactReady artifact) {
        moves.ready(artifact);
        artifact.run().ifPresent(run -> run(run).apply(Optional.empty(), artifact.source(), artifact));
        ready.merge(artifact.source(), artifact, (a, b) -> a.artifact().compareTo(b.artifact()) > 0 ? a : b);
    }

    private void shipped(ArtifactShipped artifact, Instant timestamp) {
        moves.shipped(artifact);
        atTargets
                .computeIfAbsent(artifact.target(), _ -> new HashMap<>())
                .put(
                        artifact.source() + "/" + artifact.artifact(),
                        new Announced(artifact.manifestSha256(), timestamp));
        artifact.run().ifPresent(run -> run(run).apply(Optional.of(artifact.target()), artifact.source(), artifact));
        shipped.computeIfAbsent(artifact.target(), _ -> new TreeMap<>())
                .merge(artifact.source(), artifact, (a, b) -> a.artifact().compareTo(b.artifact()) > 0 ? a : b);
    }

    private void reached(RecoveryPoint point) {
        run(point.run()).reached(point);
        entered.add(point.run());
        points.computeIfAbsent(point.target(), _ -> new TreeMap<>()).put(point.number(), point);
    }

    private void drilled(Drill drill) {
        if (drill.counts()) {
            drills.merge(drill.target(), drill, Drill::later);
        }
    }

    private Run run(String id) {
        return runs.computeIfAbsent(id, name -> new Run(name, targets));
    }

    /** Whether the run was requested: there is its request, or a ledger has it. */
    public synchronized boolean knows(String run) {
        var known = runs.get(run);
        return entered.contains(run) || (known != null && known.request().isPresent());
    }

    /**
     * The recovery points that are to be made now and were not asked for within {@code repeat}. Each names every
     * announced source, so that one of a run for some of them does not pass for one of the whole cluster. A run of which
     * a target got nothing is entered there only as long as it is its policy's last: a target that is new, or was away,
     * gets no entries for all runs before.
     *
     * @param settle time that agents have to announce themselves after a request
     * @param required further sources of a request's recovery point
     */
    public synchronized List<RecoveryPointDue> due(
            Instant now, Duration settle, Duration repeat, Function<BackupRequest, List<RequiredSource>> required) {
        var due = new ArrayList<RecoveryPointDue>();
        for (var run : runs.values()) {
            var expected = run.expected(announced.keySet());
            for (var target : targets) {
                if (run.due(target, expected, now, settle, repeat) && (run.isAt(target) || isLast(run))) {
                    var request = run.request().orElseThrow();
                    var sources = new TreeSet<>(expected);
                    sources.addAll(announced.keySet());
                    var further = required.apply(request);
                    further.forEach(source -> sources.add(source.source()));
                    due.add(new RecoveryPointDue(
                            run.id(),
                            request.policy(),
                            target,
                            List.copyOf(sources),
                            further,
                            request.requested(),
                            request.deadline()));
                }
            }
        }
        return due;
    }

    /** Of the runs of its policy. */
    private boolean isLast(Run run) {
        var mine = run.request().orElseThrow();
        return runs.values().stream()
                .flatMap(other -> other.request().stream())
                .noneMatch(other -> other.policy().equals(mine.policy())
                        && other.requested().isAfter(mine.requested()));
    }

    /** Forgets runs and announcements that Kafka has forgotten, and progress of long ago. */
    public synchronized void forgetBefore(Instant now) {
        runs.values().removeIf(run -> run.request()
                .map(request -> request.requested().isBefore(now.minus(KEPT)))
                .orElse(false));
        atTargets.values().forEach(target -> target.values()
                .removeIf(artifact -> artifact.at().isBefore(now.minus(KEPT))));
        progress.values().removeIf(step -> step.at().isBefore(now.minus(Duration.ofHours(1))));
        moves.forgetBefore(now.minus(Duration.ofHours(1)));
        damage.values().removeIf(told -> told.failed().isBefore(now.minus(KEPT)));
    }

    /** The oldest request whose sources may still be being written to staging. */
    public synchronized Optional<Instant> writingSince(Instant now) {
        return runs.values().stream()
                .filter(run -> run.writing(run.expected(announced.keySet()), now))
                .map(run -> run.request().orElseThrow().requested())
                .min(Comparator.naturalOrder());
    }

    /** By target and {@code <source>/<artifact>}: digests of the manifests that shippers said are there. */
    public synchronized Map<String, Map<String, String>> announcedAtTargets() {
        var digests = new HashMap<String, Map<String, String>>();
        atTargets.forEach((target, artifacts) -> {
            var ofTarget = new HashMap<String, String>();
            artifacts.forEach((artifact, said) -> ofTarget.put(artifact, said.manifestSha256()));
            digests.put(target, ofTarget);
        });
        return digests;
    }

    /** What is shown and counted, as it is now. */
    public synchronized View view(Instant now) {
        var shown = runs.values().stream()
                .filter(run -> run.request().isPresent())
                .map(run -> view(run, now))
                .sorted(Comparator.comparing((RunView run) -> run.request().requested())
                        .reversed())
                .toList();
        var copies = new HashMap<String, Map<String, ArtifactShipped>>();
        shipped.forEach((target, bySource) -> copies.put(target, Map.copyOf(bySource)));
        var ledger = new HashMap<String, List<RecoveryPoint>>();
        points.forEach((target, byNumber) -> ledger.put(target, List.copyOf(byNumber.values())));
        return new View(
                List.copyOf(announced.values()),
                Map.copyOf(ready),
                Map.copyOf(copies),
                Map.copyOf(ledger),
                Map.copyOf(drills),
                shown,
                progress.values().stream()
                        .sorted(Comparator.comparing(BackupProgress::source))
                        .toList(),
                moves.byTarget(),
                damage.values().stream().filter(this::lasts).toList());
    }

    /** A whole artifact that was made or shipped later ends it: what was damaged is stored again then. */
    private boolean lasts(BackupFailed told) {
        var since = told.target()
                .flatMap(target -> Optional.ofNullable(shipped.get(target)))
                .flatMap(bySource -> Optional.ofNullable(bySource.get(told.source())))
                .map(ArtifactShipped::shipped)
                .or(() -> told.target().isPresent()
                        ? Optional.empty()
                        : Optional.ofNullable(ready.get(told.source())).map(ArtifactReady::finished));
        return since.filter(time -> time.isAfter(told.failed())).isEmpty();
    }

    private RunView view(Run run, Instant now) {
        var expected = run.expected(announced.keySet());
        return new RunView(run.request().orElseThrow(), Set.copyOf(expected), run.states(), run.open(expected, now));
    }

    /**
     * A copy that does not change any more.
     *
     * @param moves when work was last seen to move, by target ({@code ""} for the making of artifacts) and source
     * @param damage that was told of and not made up for since
     */
    public record View(
            List<SourceAnnounced> announced,
            Map<String, ArtifactReady> ready,
            Map<String, Map<String, ArtifactShipped>> shipped,
            Map<String, List<RecoveryPoint>> points,
            Map<String, Drill> drills,
            List<RunView> runs,
            List<BackupProgress> progress,
            Map<String, Map<String, Instant>> moves,
            List<BackupFailed> damage) {}

    /** @param open work may still be going on */
    public record RunView(BackupRequest request, Set<String> expected, Map<String, RunState> states, boolean open) {}
}
