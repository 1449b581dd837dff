package org.clusterbackup.repository.copy;

import java.time.Instant;
import org.clusterbackup.repository.Proof;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.ledger.RecoveryPoint;

/**
 * An artifact that is at the target, whole and verified.
 *
 * @param bytesCopied stored bytes of packs that were sent for it, ahead of the manifest too
 * @param bytesPresent stored bytes of packs that were there already
 * @param proof the weakest proof of any of its packs
 * @param proved the time of the oldest proof of any of its packs
 * @param committed when its manifest was stored, by the target's clock
 */
public record Copied(
        Manifest manifest,
        Sha256 manifestSha256,
        long bytesCopied,
        long bytesPresent,
        Proof proof,
        Instant proved,
        Instant committed) {

    /** What a recovery point says about it. */
    public RecoveryPoint.Standing standing() {
        return new RecoveryPoint.Standing(
                manifest.ref().source(),
                manifest.ref().artifact(),
                manifest.run(),
                manifest.started(),
                manifestSha256,
                proof,
                proved);
    }
}
