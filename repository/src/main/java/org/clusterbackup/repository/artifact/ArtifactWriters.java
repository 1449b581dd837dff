package org.clusterbackup.repository.artifact;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ThreadLocalRandom;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.chunk.ChunkingKey;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * Makes artifacts in one copy of a repository with one set of keys. Thread-safe: each artifact has its own writer.
 *
 * @param store where packs and artifacts go
 * @param indexes where indexes lie: {@code store} itself in staging, a local one for who writes to a target
 * @param repository the repository id, which the caller verified
 * @param signers must hold {@code signer} for the sources that are written: their earlier artifacts are bases
 */
public record ArtifactWriters(
        ObjectStore store,
        ObjectStore indexes,
        String repository,
        Envelope envelope,
        SigningKey signer,
        AllowedSigners signers,
        ChunkingKey chunking,
        WriterOptions options) {

    /**
     * Begins an artifact; nothing of it is visible until {@link ArtifactWriter#commit}. The caller closes the writer,
     * and that it writes no two artifacts of one source at once is the caller's concern, too.
     */
    public ArtifactWriter begin(ArtifactRequest request, WriteListener listener) throws BackupException {
        return begin(request, Instant.now().truncatedTo(ChronoUnit.MILLIS), listener);
    }

    /** @param started what the artifact says of when it was begun */
    ArtifactWriter begin(ArtifactRequest request, Instant started, WriteListener listener) throws BackupException {
        var artifact = new ArtifactRef(request.source(), ArtifactId.at(started, ThreadLocalRandom.current()));
        var spool = Spool.below(options.spool());
        try {
            var context = new Bases.Context(store, indexes, repository, signers, envelope.encryption(), options, spool);
            var bases = Bases.open(context, request, artifact.artifact());
            try {
                return new ArtifactWriter(this, request, artifact, started, spool, bases, listener);
            } catch (BackupException | RuntimeException e) {
                bases.release();
                bases.close();
                throw e;
            }
        } catch (BackupException | RuntimeException e) {
            spool.close();
            throw e;
        }
    }
}
