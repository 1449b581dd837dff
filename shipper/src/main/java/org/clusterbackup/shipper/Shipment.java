package org.clusterbackup.shipper;

import java.util.Optional;
import org.clusterbackup.events.ArtifactShipped;
import org.clusterbackup.events.Proof;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.copy.Copied;
import org.clusterbackup.repository.copy.CopyListener;

/** Brings one artifact to the target and says so; doing it again finds it there and says the same. */
final class Shipment {
    private final Ends ends;

    Shipment(Ends ends) {
        this.ends = ends;
    }

    /**
     * Committed at the target and durable on return.
     *
     * @return empty if the ledger has it as deleted: what somebody removed on purpose is not brought back
     */
    Optional<ArtifactShipped> ship(ArtifactRef ref, CopyListener listener) throws BackupException {
        if (ends.copier().wasDeleted(ref)) {
            return Optional.empty();
        }
        var copied = ends.copier().copy(ref, listener);
        return Optional.of(shipped(copied));
    }

    /** The announcement of an artifact that stands at the target already. */
    ArtifactShipped standing(ArtifactRef ref) throws BackupException {
        var copied = ends.copier().standing(ref);
        return shipped(copied);
    }

    private ArtifactShipped shipped(Copied copied) {
        var manifest = copied.manifest();
        return new ArtifactShipped(
                manifest.ref().source().value(),
                manifest.ref().artifact().value(),
                manifest.run(),
                ends.name().value(),
                copied.manifestSha256().hex(),
                manifest.started(),
                copied.committed(),
                proof(copied.proof()),
                copied.proved(),
                manifest.streamBytes(),
                copied.bytesCopied(),
                copied.bytesPresent());
    }

    private static Proof proof(org.clusterbackup.repository.Proof proof) {
        return switch (proof) {
            case REMOTE_DIGEST -> Proof.REMOTE_DIGEST;
            case UPLOAD_CHECKED -> Proof.UPLOAD_CHECKED;
            case READ_BACK -> Proof.READ_BACK;
        };
    }
}
