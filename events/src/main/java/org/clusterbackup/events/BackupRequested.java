package org.clusterbackup.events;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Somebody wants a backup. Everything is optional, so <code>{}</code> asks for everything.
 *
 * @param sources patterns; none is every source
 */
public record BackupRequested(
        @Form(Text.RUN) Optional<String> run,
        @Form(Text.POLICY) Optional<String> policy,
        @Form(Text.SOURCE_PATTERN) List<String> sources,
        Optional<Instant> deadline)
        implements BackupEvent {

    public static final Duration DEFAULT_TIME = Duration.ofHours(24);

    public BackupRequested {
        sources = List.copyOf(sources);
    }

    @Override
    public String key() {
        return run.orElse("");
    }

    /**
     * The request with its defaults, the same for everyone who reads the record.
     *
     * @param timestamp the record's, by the broker's clock
     */
    public BackupRequest resolve(int partition, long offset, Instant timestamp) {
        return new BackupRequest(
                run.orElseGet(() -> "manual-" + partition + "-" + offset + "-" + timestamp.toEpochMilli()),
                policy,
                sources,
                timestamp,
                deadline.orElseGet(() -> timestamp.plus(DEFAULT_TIME)));
    }
}
