package org.clusterbackup.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far the work on a source is, about every two seconds. A hint: losing one loses nothing.
 *
 * @param stage {@code dump}, {@code ship}, …
 * @param target of stage {@code ship}
 * @param bytesEstimated of the stage's work in all; 0 is unknown
 * @param packs stored in staging since the last one, so that shippers copy ahead of the manifest
 */
public record BackupProgress(
        @Form(Text.SOURCE) String source,
        @Form(Text.RUN) Optional<String> run,
        @Form(Text.ARTIFACT) Optional<String> artifact,
        @Form(Text.WORD) String stage,
        @Form(Text.TARGET) Optional<String> target,
        long bytesDone,
        long bytesEstimated,
        List<StoredPack> packs,
        Instant at)
        implements BackupEvent {

    public BackupProgress {
        packs = List.copyOf(packs);
    }

    @Override
    public String key() {
        return source;
    }
}
