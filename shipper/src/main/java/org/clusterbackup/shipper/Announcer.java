package org.clusterbackup.shipper;

import java.time.Duration;
import java.time.Instant;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.service.EventPublisher;
import org.clusterbackup.service.Retry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what happened, however long Kafka is away. Thread-safe. */
final class Announcer {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    private final EventPublisher events;
    private final Retry retry = new Retry(Duration.ofSeconds(1), Duration.ofSeconds(30));

    Announcer(EventPublisher events) {
        this.events = events;
    }

    /** Returns when the brokers have it. */
    void announce(BackupEvent event) throws InterruptedException {
        try {
            retry.until(
                    Instant.MAX,
                    () -> {
                        events.publish(event);
                        return event;
                    },
                    (e, _) -> LOG.warn("trying again to publish: {}", e.getMessage()));
        } catch (BackupException e) {
            throw new IllegalStateException("a record that no broker will ever take", e);
        }
    }

    /** Returns at once: nobody waits for it, and losing it loses nothing. */
    void hint(BackupEvent event) {
        events.hint(event);
    }
}
