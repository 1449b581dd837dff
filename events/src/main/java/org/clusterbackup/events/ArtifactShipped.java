package org.clusterbackup.events;

import java.time.Instant;
import java.util.Optional;

/**
 * The artifact is at this target, whole and verified.
 *
 * @param started when the backup began that made the artifact: the age of what a restore would give
 * @param shipped when it was committed at the target
 * @param bytesCopied stored bytes that this artifact had sent
 * @param bytesPresent stored bytes that were there already
 * @param proved time of the oldest proof of any of its packs
 */
public record ArtifactShipped(
        @Form(Text.SOURCE) String source,
        @Form(Text.ARTIFACT) String artifact,
        @Form(Text.RUN) Optional<String> run,
        @Form(Text.TARGET) String target,
        @Form(Text.SHA256) String manifestSha256,
        Instant started,
        Instant shipped,
        Proof proof,
        Instant proved,
        long streamBytes,
        long bytesCopied,
        long bytesPresent)
        implements BackupEvent {

    @Override
    public String key() {
        return source;
    }
}
