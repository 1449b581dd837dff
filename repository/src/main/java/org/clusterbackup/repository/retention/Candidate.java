package org.clusterbackup.repository.retention;

import java.time.Instant;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.ledger.Deletion;

/**
 * An artifact with a manifest that is believed, which a policy may keep or let go.
 *
 * @param packsSha256 digest of its list of packs, as its writer signed it
 * @param time of its run, as its writer signed it
 * @param stored when its manifest was stored, by the store's clock
 * @param whole whether each pack that it needs is there with its size, and none was found damaged
 */
public record Candidate(
        ArtifactRef ref, Sha256 manifestSha256, Sha256 packsSha256, Instant time, Instant stored, boolean whole) {
    Deletion.Arrival arrival() {
        return new Deletion.Arrival(time, stored);
    }
}
