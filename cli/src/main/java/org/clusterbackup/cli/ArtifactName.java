package org.clusterbackup.cli;

import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.RecoveryPoint;

/** Finds the artifact that an argument names. */
final class ArtifactName {
    private static final Set<String> TIMES = Set.of("latest", "oldest");

    private ArtifactName() {}

    /**
     * An id, its unambiguous beginning, {@code SOURCE@latest}, {@code SOURCE@oldest}, or {@code SOURCE@RUN} with the run
     * of a recovery point of this target.
     */
    static ArtifactRef resolve(Repository repository, String text) throws BackupException {
        var at = text.lastIndexOf('@');
        var run = text.substring(at + 1);
        if (at > 0 && !TIMES.contains(run) && repository.description().isTarget()) {
            var link = new Ledger(repository).read().recoveryPointOf(run);
            if (link.isPresent() && link.get().entry().body().orElse(null) instanceof RecoveryPoint point) {
                return of(point, text.substring(0, at));
            }
        }
        return new Artifacts(repository.store()).resolve(text);
    }

    private static ArtifactRef of(RecoveryPoint point, String source) throws BackupException {
        return point.sources().stream()
                .filter(standing -> standing.source().value().equals(source))
                .map(standing -> new ArtifactRef(standing.source(), standing.artifact()))
                .findFirst()
                .orElseThrow(() -> new BackupException(
                        Kind.NOT_FOUND, "recovery point " + point.run() + " has nothing of source " + source));
    }
}
