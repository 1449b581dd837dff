package org.clusterbackup.events;

import java.time.Instant;
import java.util.Optional;

/**
 * Something went wrong with a source.
 *
 * @param run absent where no run is to blame, as for a damaged pack that reconciliation found
 * @param stage {@code request}, {@code dump}, {@code ship}, …
 * @param kind what failed in one word: a kind of the repository's failures, or one of this record's constants
 * @param ended nothing more will be tried for this run; false announces a retry
 */
public record BackupFailed(
        @Form(Text.SOURCE) String source,
        @Form(Text.RUN) Optional<String> run,
        @Form(Text.WORD) String stage,
        @Form(Text.TARGET) Optional<String> target,
        @Form(Text.WORD) String kind,
        @Form(Text.MESSAGE) String message,
        @JsonName("final") boolean ended,
        Instant failed)
        implements BackupEvent {

    /** A newer request of the same source was outstanding when the agent started. */
    public static final String SUPERSEDED = "superseded";
    /** The deadline had passed before the work was done. */
    public static final String EXPIRED = "expired";

    public static final String CANCELLED = "cancelled";

    /** Not wanted: another replica of the same set was backed up in its place. */
    public static final String SPARED = "spared";

    public BackupFailed {
        message = Text.clip(message);
    }

    /** Whether nothing is wrong: the source's files are in another one's artifact. */
    public boolean isSpared() {
        return kind.equals(SPARED);
    }

    @Override
    public String key() {
        return source;
    }
}
