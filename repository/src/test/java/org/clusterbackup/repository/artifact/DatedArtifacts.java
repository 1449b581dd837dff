package org.clusterbackup.repository.artifact;

import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.SourceName;

/** Real artifacts that say they were begun when a test wants it. */
public final class DatedArtifacts {
    private DatedArtifacts() {}

    public static Manifest store(
            ArtifactWriters writers, SourceName source, Optional<String> run, Instant started, byte[] plain)
            throws BackupException {
        var request = new ArtifactRequest(source, run, Instant.now().plusSeconds(3600), List.of(), plain.length);
        try (var writer = writers.begin(request, started, WriteListener.NONE);
                var input = PlainSource.unproved(new ByteArrayInputStream(plain))) {
            writer.write(input);
            return writer.commit(new Origin(
                    ArtifactKind.STREAM, Optional.empty(), new Tool("test", "1"), List.of(), JsonLayout.object()));
        }
    }
}
