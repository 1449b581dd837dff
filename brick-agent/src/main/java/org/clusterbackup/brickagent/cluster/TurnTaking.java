package org.clusterbackup.brickagent.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.clusterbackup.agent.cluster.ClusterView;
import org.clusterbackup.agent.cluster.Turn;
import org.clusterbackup.agent.cluster.Turns;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.brickagent.source.BrickSource;
import org.clusterbackup.events.BackupRequest;
import org.clusterbackup.events.SourceAnnounced;

/**
 * Whose turn it is in a replica set: the lowest live brick goes first, the others when its artifact is ready, it failed for
 * good, or it made no progress for a while. Decides from what it is given alone.
 *
 * @param stall so long without progress of the first, the next one goes
 */
public record TurnTaking(Replicas replicas, Duration stall) implements Turns {
    @Override
    public Turn of(LocalSource any, BackupRequest request, Instant since, ClusterView view, Instant now) {
        return any instanceof BrickSource source ? brick(source, request, since, view, now) : new Turn.Go();
    }

    private Turn brick(BrickSource source, BackupRequest request, Instant since, ClusterView view, Instant now) {
        var set = source.replicaSet();
        if (set.isEmpty()) {
            return new Turn.Go();
        }
        var live = view.live(set.get(), now);
        var others = live.stream()
                .filter(other -> !other.source().equals(source.name().value()))
                .filter(other -> !isArbiter(source, other))
                .filter(other -> request.wants(other.source()))
                .sorted(Comparator.comparingLong(TurnTaking::index))
                .toList();
        var one = replicas == Replicas.ONE && inSync(live);
        var ready = view.ready(
                request.run(), others.stream().map(SourceAnnounced::source).toList());
        if (ready.isPresent()) {
            return one ? new Turn.Leave(ready.get()) : new Turn.Go();
        }
        return leader(source, request, since, view, now, others, one);
    }

    private Turn leader(
            BrickSource source,
            BackupRequest request,
            Instant since,
            ClusterView view,
            Instant now,
            List<SourceAnnounced> others,
            boolean one) {
        // An arbiter holds no data: where one replica is to stand for the set, it comes after all the others.
        var last = one && source.isArbiter();
        for (var other : others) {
            var before = last || index(other) < source.brick().index();
            var able = other.problem().isEmpty() && !view.failed(request.run(), other.source());
            var moved = view.lastMove(request.run(), other.source())
                    .filter(since::isBefore)
                    .orElse(since);
            if (before && able && now.isBefore(moved.plus(stall))) {
                return new Turn.Wait(other.source());
            }
        }
        return new Turn.Go();
    }

    /** A brick notes what its partners miss; one that was away notes nothing, and is the one that lacks it. */
    private static boolean inSync(List<SourceAnnounced> live) {
        return live.stream().allMatch(source -> source.pendingHeals().orElse(0L) == 0);
    }

    private static boolean isArbiter(BrickSource source, SourceAnnounced other) {
        var index = index(other);
        return source.volume().bricks().stream()
                .anyMatch(brick -> brick.index() == index && source.volume().isArbiter(brick));
    }

    private static long index(SourceAnnounced source) {
        return source.brickIndex().orElse(0L);
    }
}
