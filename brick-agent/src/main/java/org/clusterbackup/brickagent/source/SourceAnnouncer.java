package org.clusterbackup.brickagent.source;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.clusterbackup.brickagent.cluster.ClusterView;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.SourceRetired;

/**
 * Says what this node has: at once when something of it changed, and again after a while, so that silence means something.
 * What glusterd surely does not have any more is retired. For one thread.
 */
public final class SourceAnnouncer {
    private final String node;
    private final LocalSources sources;
    private final ClusterView view;
    private final Duration every;
    private final Consumer<BackupEvent> publish;
    private final Clock clock;
    private final Map<String, SourceAnnounced> said = new HashMap<>();
    private volatile boolean over;

    /** @param publish may lose an event: it is said again after {@code every} */
    public SourceAnnouncer(
            String node,
            LocalSources sources,
            ClusterView view,
            Duration every,
            Consumer<BackupEvent> publish,
            Clock clock) {
        this.node = node;
        this.sources = sources;
        this.view = view;
        this.every = every;
        this.publish = publish;
        this.clock = clock;
    }

    /** At the next look all is said again; for any thread. */
    public void startOver() {
        over = true;
    }

    /** Looks once. */
    public void look() {
        if (over) {
            over = false;
            said.clear();
        }
        var discovery = sources.discover();
        var now = clock.instant();
        for (var source : discovery.sources()) {
            var announcement = sources.announce(source, discovery, now);
            if (isNews(announcement, now)) {
                said.put(announcement.source(), announcement);
                publish.accept(announcement);
            }
        }
        if (discovery.isCertain()) {
            for (var gone : gone(discovery)) {
                said.remove(gone);
                publish.accept(new SourceRetired(gone));
            }
        }
    }

    private boolean isNews(SourceAnnounced announcement, Instant now) {
        var before = said.get(announcement.source());
        return before == null
                || !now.isBefore(before.announced().plus(every))
                || !before.problem().equals(announcement.problem())
                || !before.replicaSet().equals(announcement.replicaSet())
                || isInSync(before) != isInSync(announcement);
    }

    private static boolean isInSync(SourceAnnounced source) {
        return source.pendingHeals().orElse(0L) == 0;
    }

    /**
     * Own bricks that this process saw before, and those of peers whose volume is there without them. A volume that is not
     * there at all proves nothing about peers: this server may have left the pool.
     */
    private List<String> gone(LocalSources.Discovery discovery) {
        var present = discovery.sources().stream()
                .map(source -> source.name().value())
                .toList();
        var gone = new ArrayList<>(said.keySet());
        gone.removeAll(present);
        for (var other : view.announced()) {
            var volume = other.volume().flatMap(name -> discovery.state().flatMap(state -> state.volume(name)));
            var foreign = other.node().filter(node::equals).isEmpty();
            if (volume.isPresent()
                    && foreign
                    && other.brickIndex().orElse(0L) >= volume.get().bricks().size()) {
                gone.add(other.source());
            }
        }
        return gone;
    }
}
