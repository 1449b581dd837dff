package org.clusterbackup.agent.backup;

import java.util.List;
import java.util.Optional;
import org.clusterbackup.agent.cluster.ClusterView;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.events.BackupRequest;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRequest;
import org.clusterbackup.repository.artifact.Manifests;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes artifacts: one attempt a call, any number of times for one request, and never two artifacts for it. */
public final class Backups {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

    private final Staging staging;
    private final Streams streams;
    private final ClusterView view;

    public Backups(Staging staging, Streams streams, ClusterView view) {
        this.staging = staging;
        this.streams = streams;
        this.view = view;
    }

    public Staging staging() {
        return staging;
    }

    /**
     * Returns when an artifact of {@code source} for this request is committed: the one that is there already, or a new one.
     *
     * @throws BackupException if this attempt came to nothing
     */
    public Manifests.Verified make(LocalSource source, BackupRequest request, Progress progress)
            throws BackupException {
        var done = staging.committed(source.name(), request.run(), request.requested());
        if (done.isPresent()) {
            LOG.info(
                    "already committed run={} source={} artifact={}",
                    request.run(),
                    source.name(),
                    done.get().manifest().ref().artifact());
            return done.get();
        }
        return write(source, request, progress, streams.prepare(source));
    }

    private Manifests.Verified write(LocalSource source, BackupRequest request, Progress progress, StreamPlan plan)
            throws BackupException {
        var wanted = new ArtifactRequest(
                source.name(), Optional.of(request.run()), request.deadline(), siblings(source), plan.expectedBytes());
        try (var writer = staging.writers().begin(wanted, progress);
                var stream = plan.open()) {
            LOG.info(
                    "backup begins run={} source={} artifact={}",
                    request.run(),
                    source.name(),
                    writer.ref().artifact());
            progress.begins(writer.ref().artifact().value(), stream, plan.expectedBytes());
            writer.write(stream);
            var manifest = writer.commit(plan.origin(stream));
            LOG.info(
                    "backup committed run={} source={} artifact={} streamBytes={} newBytes={}",
                    request.run(),
                    source.name(),
                    writer.ref().artifact(),
                    manifest.streamBytes(),
                    manifest.newBytes());
            return new Manifests.Verified(manifest, Sha256.of(manifest.toBytes()));
        }
    }

    /** The others of the replica set, whoever holds them: their newest artifacts hold nearly the same chunks. */
    private List<SourceName> siblings(LocalSource source) {
        return source.replicaSet().stream()
                .flatMap(set -> view.members(set).stream())
                .map(SourceName::new)
                .filter(name -> !name.equals(source.name()))
                .toList();
    }
}
