package org.clusterbackup.agent.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.BackupCancelled;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.BackupProgress;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.SourceRetired;

/**
 * What this agent knows of the others and of its own past from events: replaying them in any number gives the same. It keeps
 * two days of runs. Thread-safe.
 */
public final class ClusterView {
    private static final Duration KEPT = Duration.ofDays(2);
    private static final int MANY_RUNS = 10_000;

    private final Predicate<ArtifactReady> own;
    private final Duration lapse;
    private final Map<String, SourceAnnounced> announced = new HashMap<>();
    private final Set<String> ownArtifacts = new HashSet<>();
    private final Map<String, List<BackupCancelled>> cancelled = new HashMap<>();
    private final Map<String, Run> runs = new HashMap<>();

    private static final class Run {
        private Instant touched = Instant.MIN;
        private final Map<String, ArtifactReady> ready = new HashMap<>();
        private final Set<String> failed = new HashSet<>();
        private final Map<String, Long> bytes = new HashMap<>();
        private final Map<String, Instant> moved = new HashMap<>();
    }

    /**
     * @param own this agent's artifacts, which are remembered as announced
     * @param lapse after so long without a renewal a source counts as silent
     */
    public ClusterView(Predicate<ArtifactReady> own, Duration lapse) {
        this.own = own;
        this.lapse = lapse;
    }

    /** @param received when this process got it: for deciding who stalls, clocks of other nodes are not believed */
    public synchronized void apply(BackupEvent event, Instant received) {
        switch (event) {
            case SourceAnnounced source -> announced.put(source.source(), source);
            case SourceRetired source -> announced.remove(source.source());
            case ArtifactReady ready -> {
                if (own.test(ready)) {
                    ownArtifacts.add(ready.source() + "/" + ready.artifact());
                }
                if (ready.replicaSet().isPresent()) {
                    ready.run().ifPresent(run -> run(run, received).ready.put(ready.source(), ready));
                }
            }
            case BackupFailed failed -> {
                if (failed.ended() && failed.target().isEmpty()) {
                    failed.run().ifPresent(run -> run(run, received).failed.add(failed.source()));
                }
            }
            case BackupProgress progress -> {
                if (progress.target().isEmpty()) {
                    progress.run().ifPresent(run -> moved(run(run, received), progress, received));
                }
            }
            case BackupCancelled cancel ->
                cancelled
                        .computeIfAbsent(cancel.run(), run -> new ArrayList<>())
                        .add(cancel);
            default -> {
                // Nothing that an agent goes by.
            }
        }
    }

    private Run run(String id, Instant received) {
        if (runs.size() > MANY_RUNS) {
            runs.values().removeIf(run -> run.touched.isBefore(received.minus(KEPT)));
        }
        var run = runs.computeIfAbsent(id, key -> new Run());
        run.touched = received;
        return run;
    }

    /** Bytes that do not grow are no progress; a source that waits for its agent's turn says so with stage {@code queue}. */
    private static void moved(Run run, BackupProgress progress, Instant received) {
        var before = run.bytes.put(progress.source(), progress.bytesDone());
        if (progress.stage().equals(Turns.QUEUE) || before == null || before != progress.bytesDone()) {
            run.moved.put(progress.source(), received);
        }
    }

    /** The sources of a replica set that were announced lately, in the volume's order. */
    public synchronized List<SourceAnnounced> live(String replicaSet, Instant now) {
        return announced.values().stream()
                .filter(source -> source.replicaSet().filter(replicaSet::equals).isPresent())
                .filter(source -> source.announced().plus(lapse).isAfter(now))
                .sorted((a, b) ->
                        Long.compare(a.brickIndex().orElse(0L), b.brickIndex().orElse(0L)))
                .toList();
    }

    /** Every source name of a replica set that was ever announced and not retired: theirs are bases worth a look. */
    public synchronized List<String> members(String replicaSet) {
        return announced.values().stream()
                .filter(source -> source.replicaSet().filter(replicaSet::equals).isPresent())
                .map(SourceAnnounced::source)
                .sorted()
                .toList();
    }

    /** The sources that {@code node} has announced and nobody has retired. */
    public synchronized List<SourceAnnounced> announcedBy(String name) {
        return announced.values().stream()
                .filter(source -> source.node().filter(name::equals).isPresent())
                .toList();
    }

    /** Every source that was announced and not retired. */
    public synchronized Collection<SourceAnnounced> announced() {
        return List.copyOf(announced.values());
    }

    /** An artifact of one of {@code sources} in {@code run}. */
    public synchronized Optional<ArtifactReady> ready(String run, Collection<String> sources) {
        var known = runs.get(run);
        return known == null
                ? Optional.empty()
                : sources.stream()
                        .filter(known.ready::containsKey)
                        .map(known.ready::get)
                        .findFirst();
    }

    /** Forgets an event whose artifact is not there. */
    public synchronized void disbelieve(ArtifactReady ready) {
        ready.run().map(runs::get).ifPresent(run -> run.ready.remove(ready.source()));
    }

    /** Whether an agent has said that nothing more will be tried. */
    public synchronized boolean failed(String run, String source) {
        var known = runs.get(run);
        return known != null && known.failed.contains(source);
    }

    /** When {@code source} last told of progress in {@code run}, by this process's clock. */
    public synchronized Optional<Instant> lastMove(String run, String source) {
        return Optional.ofNullable(runs.get(run)).map(known -> known.moved.get(source));
    }

    public synchronized boolean isCancelled(String run, String source) {
        return cancelled.getOrDefault(run, List.of()).stream().anyMatch(cancel -> cancel.cancels(source));
    }

    /** What was announced is known no more. */
    public synchronized void forgetArtifacts() {
        ownArtifacts.clear();
    }

    /** Whether an artifact of this agent was announced. */
    public synchronized boolean isAnnounced(String source, String artifact) {
        return ownArtifacts.contains(source + "/" + artifact);
    }
}
