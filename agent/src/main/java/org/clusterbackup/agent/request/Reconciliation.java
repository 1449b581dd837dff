package org.clusterbackup.agent.request;

import org.clusterbackup.agent.backup.Announcements;
import org.clusterbackup.agent.backup.Staging;
import org.clusterbackup.agent.cluster.ClusterView;
import org.clusterbackup.agent.source.LocalSources;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.service.EventPublisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces again what is committed in staging and of which Kafka knows nothing: events that were lost with a broker, or
 * with the agent that died between commit and event.
 */
public final class Reconciliation {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

    private final LocalSources sources;
    private final Staging staging;
    private final ClusterView view;
    private final EventPublisher events;

    public Reconciliation(LocalSources sources, Staging staging, ClusterView view, EventPublisher events) {
        this.sources = sources;
        this.staging = staging;
        this.view = view;
        this.events = events;
    }

    /** Looks once through all of this agent's artifacts, oldest first. */
    public void look() throws InterruptedException {
        for (var source : sources.discover().sources()) {
            try {
                for (var ref : staging.artifacts().list(source.name())) {
                    if (!view.isAnnounced(source.name().value(), ref.artifact().value())) {
                        var verified = staging.readable(ref);
                        if (verified.isPresent()) {
                            LOG.info("announced again source={} artifact={}", source.name(), ref.artifact());
                            events.publish(Announcements.of(verified.get()));
                        }
                    }
                }
            } catch (BackupException e) {
                LOG.warn("not reconciled source={} reason={}", source.name(), e.getMessage());
            }
        }
    }
}
