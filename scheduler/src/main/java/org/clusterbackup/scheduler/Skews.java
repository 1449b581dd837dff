package org.clusterbackup.scheduler;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.SourceAnnounced;

/** How far other machines' clocks are from the one here, by what they say of the time of a record that just came. Thread-safe. */
final class Skews {
    private final Clock clock;
    private final Map<String, Duration> bySource = new ConcurrentHashMap<>();
    private volatile boolean live;

    Skews(Clock clock) {
        this.clock = clock;
    }

    /** Records that are read from now on were published just now. */
    void live() {
        live = true;
    }

    void take(BackupEvent event) {
        if (live && event instanceof SourceAnnounced source) {
            bySource.put(source.source(), Duration.between(clock.instant(), source.announced()));
        }
    }

    /** Positive where the other clock is ahead. */
    Map<String, Duration> bySource() {
        return Map.copyOf(bySource);
    }
}
