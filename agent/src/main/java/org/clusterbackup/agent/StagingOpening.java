package org.clusterbackup.agent;

import java.util.Optional;
import org.clusterbackup.agent.backup.Staging;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.RepositoryDescription;
import org.clusterbackup.repository.artifact.ArtifactWriters;
import org.clusterbackup.repository.artifact.WriterOptions;
import org.clusterbackup.repository.chunk.ChunkingKey;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.Recipients;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.StoreListener;

/** Opens staging as it is configured, and refuses what would write what nobody can trust or anybody can read. */
final class StagingOpening {
    private final AgentSettings config;
    private final StoreListener listener;

    StagingOpening(AgentSettings config, StoreListener listener) {
        this.config = config;
        this.listener = listener;
    }

    Staging open() throws BackupException {
        var keys = config.keys();
        var signers = AllowedSigners.read(keys.allowedSigners());
        var signer = SigningKey.read(keys.signingKey());
        var chunking = ChunkingKey.read(keys.chunkingKey());
        var recipients = keys.recipients().isPresent()
                ? Optional.of(Recipients.read(keys.recipients().get()))
                : Optional.<Recipients>empty();
        var store = config.staging().open(listener);
        try {
            var repository = Repository.open(store, signers);
            return new Staging(writers(store, repository, recipients, signer, chunking));
        } catch (BackupException e) {
            store.close();
            throw e;
        }
    }

    private ArtifactWriters writers(
            ObjectStore store,
            Repository repository,
            Optional<Recipients> recipients,
            SigningKey signer,
            ChunkingKey chunking)
            throws BackupException {
        var description = repository.description();
        if (description.isTarget()) {
            throw new BackupException(Kind.USAGE, store.location() + " is a target, and agents write to staging");
        }
        return new ArtifactWriters(
                store,
                store,
                description.repository(),
                envelope(store, description, recipients),
                signer,
                repository.signers(),
                chunking,
                WriterOptions.of(description, config.scratch()).withWorkers(config.packWorkers()));
    }

    /** Encryption that is configured and not active, or the other way round, stops the agent. */
    private static Envelope envelope(
            ObjectStore store, RepositoryDescription description, Optional<Recipients> recipients)
            throws BackupException {
        if (description.encryption() == Encryption.NONE) {
            if (recipients.isPresent()) {
                throw new BackupException(
                                Kind.USAGE,
                                "recipients are configured, but the repository at " + store.location()
                                        + " was made without encryption")
                        .withHint(
                                "make it with recipients, or take clusterbackup.keys.recipients out of the configuration");
            }
            return Envelope.unsealed();
        }
        return Envelope.to(recipients.orElseThrow(() -> new BackupException(
                        Kind.NO_KEY,
                        "the repository at " + store.location() + " is encrypted, and no recipient is configured")
                .withHint("set clusterbackup.keys.recipients to the operator's recipients.txt")));
    }
}
