package org.clusterbackup.agent.source;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.clusterbackup.events.SourceAnnounced;

/** Finds what an agent can back up. Thread-safe. */
public interface LocalSources {
    Found discover();

    /** What one look found. */
    interface Found {
        List<LocalSource> sources();

        /** What the others are told of {@code source}, with why a backup of it would fail now. */
        SourceAnnounced announce(LocalSource source, Instant now);

        /** Names of sources that were there and cannot be looked at now, with why. */
        default Map<String, String> unreadable() {
            return Map.of();
        }

        /**
         * Names of sources that surely exist no more.
         *
         * @param said what this process announced
         */
        default List<String> gone(Collection<String> said) {
            return List.of();
        }
    }
}
