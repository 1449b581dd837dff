package org.clusterbackup.repository.artifact;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.SourceName;

/**
 * An artifact to be made.
 *
 * @param run empty for {@code store}
 * @param deadline until when the bases of a writer that died stay protected
 * @param siblings sources whose newest artifacts probably hold the same chunks: the replica set's other bricks
 * @param estimatedBytes of the stream, 0 if unknown: fixes the chunk average of a first artifact
 */
public record ArtifactRequest(
        SourceName source, Optional<String> run, Instant deadline, List<SourceName> siblings, long estimatedBytes) {
    public ArtifactRequest {
        siblings = List.copyOf(siblings);
    }
}
