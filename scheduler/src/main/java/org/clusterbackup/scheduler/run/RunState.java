package org.clusterbackup.scheduler.run;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.ArtifactShipped;
import org.clusterbackup.events.BackupCancelled;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.BackupProgress;
import org.clusterbackup.events.BackupRequested;
import org.clusterbackup.events.DrillEntered;
import org.clusterbackup.events.RecoveryPointDue;
import org.clusterbackup.events.RecoveryPointReached;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.SourceRetired;

/**
 * Where a run stands at one target, folded from its events: no clock, no I/O. Events of different topics come in any
 * order when they are replayed, so the state depends only on which came, not on when.
 */
public sealed interface RunState {
    /** What became of the sources. */
    Facts facts();

    /** Artifacts are on their way. */
    record Collecting(Facts facts) implements RunState {}

    /** The target's ledger has an entry for the run. */
    record Reached(Facts facts, RecoveryPoint point) implements RunState {}

    /** By source. */
    record Facts(
            Map<String, ArtifactReady> ready, Map<String, ArtifactShipped> shipped, Map<String, BackupFailed> failed) {
        public Facts {
            ready = Map.copyOf(ready);
            shipped = Map.copyOf(shipped);
            failed = Map.copyOf(failed);
        }

        /** Nothing more is to be waited for: it is at the target, or failed for good and was not made since. */
        public boolean settled(String source) {
            return shipped.containsKey(source) || finallyFailed(source);
        }

        /** Settled by another replica of its set, which is no failure. */
        public boolean spared(String source) {
            var failure = failed.get(source);
            return failure != null && failure.isSpared() && finallyFailed(source);
        }

        /** Failed for good, or spared, and no artifact came later. */
        public boolean finallyFailed(String source) {
            var failure = failed.get(source);
            var artifact = ready.get(source);
            return failure != null
                    && !shipped.containsKey(source)
                    && (failure.target().isPresent()
                            || artifact == null
                            || artifact.finished().isBefore(failure.failed()));
        }
    }

    static RunState start() {
        return new Collecting(new Facts(Map.of(), Map.of(), Map.of()));
    }

    /** @param event of this run, and of this target if it names one */
    default RunState apply(BackupEvent event) {
        var facts = facts();
        return switch (event) {
            case ArtifactReady ready ->
                with(new Facts(put(facts.ready(), ready.source(), ready), facts.shipped(), facts.failed()));
            case ArtifactShipped shipped ->
                with(new Facts(facts.ready(), put(facts.shipped(), shipped.source(), shipped), facts.failed()));
            case BackupFailed failed
            when failed.ended() ->
                with(new Facts(facts.ready(), facts.shipped(), put(facts.failed(), failed.source(), failed)));
            case BackupFailed _,
                    BackupProgress _,
                    BackupRequested _,
                    BackupCancelled _,
                    SourceAnnounced _,
                    SourceRetired _,
                    RecoveryPointDue _,
                    RecoveryPointReached _,
                    DrillEntered _ -> this;
        };
    }

    /** @param point parsed from this run's event at this target, its signature verified; the last entry counts */
    default RunState reached(RecoveryPoint point) {
        return switch (this) {
            case Collecting(var facts) -> new Reached(facts, point);
            case Reached(var facts, var before) when point.number() > before.number() -> new Reached(facts, point);
            case Reached same -> same;
        };
    }

    /** Every expected source is at the target or failed for good. */
    default boolean settled(Set<String> expected) {
        return expected.stream().allMatch(facts()::settled);
    }

    /** The ledger has no entry that holds all that is shipped: a late artifact makes a further entry. */
    default boolean owesEntry() {
        return switch (this) {
            case Collecting _ -> true;
            case Reached(var facts, var point) ->
                !facts.shipped().values().stream()
                        .allMatch(shipped -> point.artifacts().contains(shipped.artifact())
                                || point.sources().stream()
                                        .anyMatch(proved -> proved.source().equals(shipped.source())
                                                && proved.artifact().compareTo(shipped.artifact()) > 0));
        };
    }

    private RunState with(Facts facts) {
        return switch (this) {
            case Collecting _ -> new Collecting(facts);
            case Reached reached -> new Reached(facts, reached.point());
        };
    }

    private static <T> Map<String, T> put(Map<String, T> map, String key, T value) {
        if (value.equals(map.get(key))) {
            return map;
        }
        var copy = new HashMap<>(map);
        copy.put(key, value);
        return copy;
    }
}
