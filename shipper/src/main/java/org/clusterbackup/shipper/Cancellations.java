package org.clusterbackup.shipper;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.clusterbackup.events.BackupCancelled;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.ArtifactRef;

/** Runs that nobody wants any more, for as long as Kafka knows. Thread-safe. */
final class Cancellations {
    private final Map<String, List<BackupCancelled>> byRun = new ConcurrentHashMap<>();

    void apply(BackupCancelled cancelled) {
        byRun.merge(cancelled.run(), List.of(cancelled), (before, now) -> Stream.concat(before.stream(), now.stream())
                .distinct()
                .toList());
    }

    boolean have(ArtifactRef ref, Optional<String> run) {
        return run.map(byRun::get).stream()
                .flatMap(List::stream)
                .anyMatch(cancelled -> cancelled.cancels(ref.source().value()));
    }

    /** @throws BackupException {@code FAILED} if the artifact's run was cancelled */
    void requireWanted(ArtifactRef ref, Optional<String> run) throws BackupException {
        if (have(ref, run)) {
            throw new BackupException(Kind.FAILED, "run " + run.orElseThrow() + " was cancelled");
        }
    }
}
