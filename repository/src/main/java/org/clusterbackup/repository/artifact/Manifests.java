package org.clusterbackup.repository.artifact;

import java.nio.charset.StandardCharsets;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SmallObject;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * Reads manifests of one copy of a repository and believes only those that an allowed signer signed. Thread-safe if
 * the store is.
 */
public final class Manifests {
    private static final int MAX_SIGNATURE = 1 << 14;

    private final ObjectStore store;
    private final String repository;
    private final AllowedSigners signers;

    public Manifests(ObjectStore store, String repository, AllowedSigners signers) {
        this.store = store;
        this.repository = repository;
        this.signers = signers;
    }

    /** A manifest whose signature was verified, and the digest of its bytes. */
    public record Verified(Manifest manifest, Sha256 sha256) {}

    /**
     * @throws BackupException {@code NOT_FOUND} if the artifact is not committed here; {@code SIGNATURE}, also if
     *     there is none; {@code DAMAGED} if it is no manifest or names another repository, source or artifact;
     *     {@code UNKNOWN_FORMAT}
     */
    public Verified read(ArtifactRef ref) throws BackupException {
        var name = ref.object(ArtifactRef.MANIFEST);
        var bytes = SmallObject.read(store, name, JsonLayout.MAX_BYTES);
        verify(ref, name, bytes);
        var manifest = Manifest.parse(name, bytes);
        if (!manifest.ref().equals(ref)) {
            throw new BackupException(Kind.DAMAGED, name + " is the manifest of " + manifest.ref());
        }
        if (!manifest.repository().equals(repository)) {
            throw new BackupException(Kind.DAMAGED, name + " belongs to repository " + manifest.repository());
        }
        return new Verified(manifest, Sha256.of(bytes));
    }

    private void verify(ArtifactRef ref, String name, byte[] bytes) throws BackupException {
        var signature = signature(ref);
        try {
            signers.verify(ref.source().value(), bytes, signature);
        } catch (BackupException e) {
            throw new BackupException(
                    Kind.SIGNATURE,
                    name + " at " + store.location() + " does not agree with " + ref.object(ArtifactRef.SIGNATURE)
                            + ": " + e.getMessage(),
                    e);
        }
    }

    private String signature(ArtifactRef ref) throws BackupException {
        var name = ref.object(ArtifactRef.SIGNATURE);
        try {
            return new String(SmallObject.read(store, name, MAX_SIGNATURE), StandardCharsets.UTF_8);
        } catch (BackupException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                throw new BackupException(
                        Kind.SIGNATURE,
                        ref.object(ArtifactRef.MANIFEST) + " at " + store.location() + " has no signature " + name,
                        e);
            }
            throw e;
        }
    }
}
