package org.clusterbackup.agent.source;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.SourceRetired;

/**
 * Says what this agent has: at once when something of it changed, and again after a while, so that silence means something.
 * What surely exists no more is retired. For one thread.
 */
public final class SourceAnnouncer {
    private final LocalSources sources;
    private final Duration every;
    private final Consumer<BackupEvent> publish;
    private final Clock clock;
    private final Map<String, SourceAnnounced> said = new HashMap<>();
    private volatile boolean over;

    /** @param publish may lose an event: it is said again after {@code every} */
    public SourceAnnouncer(LocalSources sources, Duration every, Consumer<BackupEvent> publish, Clock clock) {
        this.sources = sources;
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
        var found = sources.discover();
        var now = clock.instant();
        for (var source : found.sources()) {
            var announcement = found.announce(source, now);
            if (isNews(announcement, now)) {
                said.put(announcement.source(), announcement);
                publish.accept(announcement);
            }
        }
        for (var gone : found.gone(List.copyOf(said.keySet()))) {
            said.remove(gone);
            publish.accept(new SourceRetired(gone));
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
}
