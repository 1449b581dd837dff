package org.clusterbackup.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactRequest;
import org.clusterbackup.repository.artifact.ArtifactWriters;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Origin;
import org.clusterbackup.repository.artifact.PlainSource;
import org.clusterbackup.repository.artifact.Tool;
import org.clusterbackup.repository.artifact.WriteListener;
import org.clusterbackup.repository.artifact.WriterOptions;
import org.clusterbackup.repository.chunk.ChunkingKey;
import org.clusterbackup.repository.crypto.Envelope;

/** Makes artifacts of given bytes in a staging repository without encryption. */
public record TestBackups(TestRepository keys, Repository staging, Path spool) {
    private static final int LEVEL = 1;

    /** Bytes that do not compress, the same for the same seed. */
    public static byte[] bytes(int length, long seed) {
        var bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    public ArtifactWriters writers() {
        var options = new WriterOptions(1 << 16, TestRepository.PACK_BYTES, LEVEL, 2, spool, Duration.ofDays(90));
        return new ArtifactWriters(
                staging.store(),
                staging.store(),
                staging.description().repository(),
                Envelope.unsealed(),
                keys.agent(),
                keys.signers(),
                new ChunkingKey(new byte[ChunkingKey.BYTES]),
                options);
    }

    public Manifest store(String source, String run, byte[] plain) throws BackupException {
        return store(source, run, plain, ArtifactKind.STREAM, JsonLayout.object());
    }

    public Manifest store(String source, String run, byte[] plain, ArtifactKind kind, ObjectNode details)
            throws BackupException {
        var request = new ArtifactRequest(
                new SourceName(source), Optional.of(run), Instant.now().plusSeconds(3600), List.of(), plain.length);
        try (var writer = writers().begin(request, WriteListener.NONE);
                var input = PlainSource.unproved(new ByteArrayInputStream(plain))) {
            writer.write(input);
            return writer.commit(new Origin(kind, Optional.empty(), new Tool("test", "1"), List.of(), details));
        }
    }
}
