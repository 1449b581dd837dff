package org.clusterbackup.agent.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.ArtifactWriters;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifests;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The staging repository, which was checked, and what it takes to write into it. */
public record Staging(ArtifactWriters writers) {
    private static final Logger LOG = LoggerFactory.getLogger(Staging.class);

    /** An artifact's id is by its writer's clock, a request's time by the broker's. */
    private static final Duration CLOCKS_APART = Duration.ofHours(1);

    public Artifacts artifacts() {
        return new Artifacts(writers.store());
    }

    /** @throws BackupException as {@link Manifests#read} */
    public Manifests.Verified read(ArtifactRef ref) throws BackupException {
        return new Manifests(writers.store(), writers.repository(), writers.signers()).read(ref);
    }

    /** The committed artifact of {@code source} that answers {@code run}, which was requested at {@code requested}. */
    public Optional<Manifests.Verified> committed(SourceName source, String run, Instant requested)
            throws BackupException {
        var earliest = requested.minus(CLOCKS_APART);
        for (var ref : artifacts().list(source).reversed()) {
            if (ref.artifact().time().isBefore(earliest)) {
                break;
            }
            var verified = readable(ref);
            if (verified.filter(
                            found -> found.manifest().run().filter(run::equals).isPresent())
                    .isPresent()) {
                return verified;
            }
        }
        return Optional.empty();
    }

    /** Empty for a manifest that nobody may believe: it answers no request. */
    public Optional<Manifests.Verified> readable(ArtifactRef ref) throws BackupException {
        try {
            return Optional.of(read(ref));
        } catch (BackupException e) {
            if (e.kind() == Kind.UNREACHABLE) {
                throw e;
            }
            LOG.warn("manifest does not count artifact={} reason={}", ref, e.getMessage());
            return Optional.empty();
        }
    }
}
