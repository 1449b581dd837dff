package org.clusterbackup.scheduler.page;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.clusterbackup.events.SourcePattern;
import org.clusterbackup.scheduler.policy.Policy;
import org.clusterbackup.scheduler.policy.Ticks;
import org.clusterbackup.scheduler.run.Book;
import org.clusterbackup.scheduler.run.RecoveryPoint;

/**
 * What a target's recovery points say of the whole cluster and of each policy. The ledger judges each against every
 * source, so that of a run that wanted only some is degraded or partial by nature: it says nothing of the whole cluster
 * while there are others, and counts for its policy if it lacks nothing that the policy wants.
 */
public record PointsAt(String target, List<Policy> policies, Book.View view) {

    private Stream<RecoveryPoint> all() {
        return view.points().getOrDefault(target, List.of()).stream();
    }

    /** Those of runs that wanted every source; if there is none, those of all runs. */
    private List<RecoveryPoint> ofTheWhole() {
        var whole = all().filter(this::wantedEverything).toList();
        return whole.isEmpty() ? all().toList() : whole;
    }

    private boolean wantedEverything(RecoveryPoint point) {
        return sourcesOf(point).stream().allMatch("*"::equals);
    }

    /** The patterns of the point's run; of a run that nobody knows any more, none. */
    private List<String> sourcesOf(RecoveryPoint point) {
        return view.runs().stream()
                .filter(run -> run.request().run().equals(point.run()))
                .map(run -> run.request().sources())
                .findFirst()
                .or(() -> Ticks.policyOf(policies, point.run()).map(Policy::sources))
                .orElse(List.of());
    }

    /** The last that says something of the whole cluster, whatever its status. */
    public Optional<RecoveryPoint> last() {
        return ofTheWhole().stream().max(Comparator.comparingLong(RecoveryPoint::number));
    }

    /** The newest from which the whole cluster can be rebuilt. */
    public Optional<RecoveryPoint> newest() {
        return ofTheWhole().stream().filter(RecoveryPoint::counts).max(Comparator.comparing(RecoveryPoint::restores));
    }

    /** The newest that counts for {@code policy}: its own, or of a run of everything. */
    public Optional<RecoveryPoint> newest(Policy policy) {
        return all().filter(point -> isOf(policy, point) || wantedEverything(point))
                .filter(point -> point.counts() || lacksNothingOf(policy, point))
                .max(Comparator.comparing(RecoveryPoint::restores));
    }

    private boolean isOf(Policy policy, RecoveryPoint point) {
        return Ticks.policyOf(List.of(policy), point.run()).isPresent()
                || view.runs().stream()
                        .anyMatch(run -> run.request().run().equals(point.run())
                                && run.request().policy().equals(Optional.of(policy.name())));
    }

    private static boolean lacksNothingOf(Policy policy, RecoveryPoint point) {
        return point.missing().stream().noneMatch(missing -> SourcePattern.wanted(policy.sources(), missing.source()));
    }
}
