package org.clusterbackup.events;

import java.time.Instant;
import java.util.Optional;

/**
 * A manifest is committed in staging.
 *
 * @param run absent for an artifact by {@code clusterbackup store}
 * @param replicaSet of a brick
 * @param newBytes stored bytes of the packs that this artifact added
 */
public record ArtifactReady(
        @Form(Text.SOURCE) String source,
        @Form(Text.ARTIFACT) String artifact,
        @Form(Text.RUN) Optional<String> run,
        @Form(Text.NAME) Optional<String> node,
        @Form(Text.NAME) Optional<String> replicaSet,
        @Form(Text.SHA256) String manifestSha256,
        Instant started,
        Instant finished,
        long streamBytes,
        long storedBytes,
        long newBytes)
        implements BackupEvent {

    @Override
    public String key() {
        return source;
    }
}
