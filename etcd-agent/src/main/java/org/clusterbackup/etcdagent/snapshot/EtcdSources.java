package org.clusterbackup.etcdagent.snapshot;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.agent.source.LocalSources;
import org.clusterbackup.etcd.Cluster;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.repository.BackupException;

/** The one cluster that this agent backs up; it stays a source while nobody answers there. */
public record EtcdSources(EtcdSource source, Cluster cluster) implements LocalSources {
    @Override
    public Found discover() {
        return new Look();
    }

    private final class Look implements Found {
        @Override
        public List<LocalSource> sources() {
            return List.of(source);
        }

        @Override
        public SourceAnnounced announce(LocalSource of, Instant now) {
            Optional<Long> used = Optional.empty();
            Optional<String> problem = Optional.empty();
            try {
                used = Optional.of(cluster.survey().members().getFirst().databaseBytes());
            } catch (BackupException e) {
                problem = Optional.of(
                        e.getMessage() + e.hint().map(hint -> " (" + hint + ")").orElse(""));
            }
            return new SourceAnnounced(
                    of.name().value(),
                    "etcd",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    used,
                    Optional.empty(),
                    problem,
                    now.truncatedTo(ChronoUnit.MILLIS));
        }
    }
}
