package org.clusterbackup.events;

import java.util.Map;
import java.util.Optional;

/**
 * A topic and the settings it is created with.
 *
 * @param event what its records say; a topic of rejected records has none
 * @param settings of Kafka's topic configuration
 */
public record Topic(
        String name, Optional<Class<? extends BackupEvent>> event, int partitions, Map<String, String> settings) {

    public Topic {
        settings = Map.copyOf(settings);
    }

    /** Where records of this topic go that do not parse; {@link Rejected} has their headers. */
    public Topic rejected() {
        return Topics.rejectedOf(this);
    }

    @Override
    public String toString() {
        return name;
    }
}
