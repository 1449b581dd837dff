package org.clusterbackup.repository.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.clusterbackup.repository.SourceName;
import org.jspecify.annotations.Nullable;

/**
 * Works out a run's recovery point: what stands at the target against what was expected. No clock, no I/O.
 *
 * <p>Complete: every expected source has an artifact of this run; with {@code oneReplica}, one of each replica set is
 * enough. Degraded: each replica set has one of this run, and every other source one of this or an earlier run, so that
 * a dead node does not block it; or nothing is missing, but a note says that something would not come back as it is.
 * Partial otherwise.
 *
 * @param oneReplica whether one whole stream of a replica set is all that was wanted
 */
public record RunAtTarget(String run, boolean oneReplica) {

    /**
     * @param replicaSet the same for bricks that hold the same files; empty for every other source
     * @param notBefore an artifact that was begun earlier is too old to count as of this run
     */
    public record Expected(SourceName source, Optional<String> replicaSet, Instant notBefore) {}

    /**
     * @param expected announced sources and those of the last recovery point that nothing retired
     * @param standing per source the newest verified artifact at the target that is no newer than this run; an artifact
     *     of {@code store} has no run and counts as of this one
     * @param reasons why a source has none of this run, as far as known
     * @param notes what those that stand there say of each other
     */
    public RecoveryPoint recoveryPoint(
            Collection<Expected> expected,
            Collection<RecoveryPoint.Standing> standing,
            Map<SourceName, String> reasons,
            List<RecoveryPoint.Note> notes) {
        var bySource = new TreeMap<SourceName, RecoveryPoint.Standing>();
        standing.forEach(s -> bySource.put(s.source(), s));
        var setsServed = new HashSet<String>();
        var setsWanted = new HashMap<String, Integer>();
        for (var source : expected) {
            source.replicaSet().ifPresent(set -> {
                setsWanted.merge(set, 1, Integer::sum);
                if (ofThisRun(bySource.get(source.source()), source)) {
                    setsServed.add(set);
                }
            });
        }
        var missing = new ArrayList<RecoveryPoint.Missing>();
        var complete = notes.stream().noneMatch(RecoveryPoint.Note::degrades);
        var recoverable = setsServed.containsAll(setsWanted.keySet());
        for (var source : expected) {
            var there = bySource.get(source.source());
            var servedByReplica =
                    source.replicaSet().filter(setsServed::contains).isPresent();
            if (ofThisRun(there, source) || (oneReplica && servedByReplica)) {
                continue;
            }
            complete = false;
            recoverable &= there != null || source.replicaSet().isPresent();
            missing.add(new RecoveryPoint.Missing(
                    source.source(),
                    reasons.getOrDefault(
                            source.source(),
                            tooOld(there, source)
                                    ? "the newest was begun before " + source.notBefore() + ", and is too old"
                                    : "nothing of this run was shipped")));
        }
        var status = complete
                ? RecoveryPoint.Status.COMPLETE
                : recoverable ? RecoveryPoint.Status.DEGRADED : RecoveryPoint.Status.PARTIAL;
        return new RecoveryPoint(run, status, List.copyOf(bySource.values()), missing, notes);
    }

    private boolean ofThisRun(RecoveryPoint.@Nullable Standing standing, Expected source) {
        return standing != null
                && !tooOld(standing, source)
                && standing.run().map(run::equals).orElse(true);
    }

    private static boolean tooOld(RecoveryPoint.@Nullable Standing standing, Expected source) {
        return standing != null && standing.started().isBefore(source.notBefore());
    }
}
