package org.clusterbackup.k8sdumper.cluster;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.agent.source.LocalSources;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.kubernetes.dump.Rights;
import org.clusterbackup.repository.BackupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one cluster that this agent backs up; it stays a source while its API server does not answer. */
public final class KubernetesSources implements LocalSources {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesSources.class);

    private final KubernetesSource source;
    private final KubernetesCluster cluster;
    private final AtomicReference<Optional<Rights>> said = new AtomicReference<>(Optional.empty());

    public KubernetesSources(KubernetesSource source, KubernetesCluster cluster) {
        this.source = source;
        this.cluster = cluster;
    }

    @Override
    public Found discover() {
        return new Look();
    }

    private Optional<String> problem() {
        try (var server = cluster.connect()) {
            var lacking = Rights.lacking(server, cluster.options());
            var before = said.getAndSet(Optional.of(lacking));
            if (!before.equals(Optional.of(lacking))) {
                log(lacking);
            }
            return lacking.essential().isEmpty()
                    ? Optional.empty()
                    : Optional.of("no right to list " + lacking.essential() + " (grant it, or exclude them)");
        } catch (BackupException e) {
            return Optional.of(
                    e.getMessage() + e.hint().map(hint -> " (" + hint + ")").orElse(""));
        }
    }

    private static void log(Rights lacking) {
        if (!lacking.essential().isEmpty()) {
            LOG.error("no right to list, backups will fail resources={}", lacking.essential());
        }
        if (!lacking.other().isEmpty()) {
            LOG.warn("no right to list, backups will be without resources={}", lacking.other());
        }
        if (lacking.essential().isEmpty() && lacking.other().isEmpty()) {
            LOG.info("every wanted resource may be listed");
        }
    }

    private final class Look implements Found {
        @Override
        public List<LocalSource> sources() {
            return List.of(source);
        }

        @Override
        public SourceAnnounced announce(LocalSource of, Instant now) {
            return new SourceAnnounced(
                    of.name().value(),
                    "kubernetes",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    problem(),
                    now.truncatedTo(ChronoUnit.MILLIS));
        }
    }
}
