package org.clusterbackup.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A {@link BackupRequested} with its defaults filled in from its record.
 *
 * @param requested the record's timestamp
 */
public record BackupRequest(
        String run, Optional<String> policy, List<String> sources, Instant requested, Instant deadline) {

    public BackupRequest {
        sources = List.copyOf(sources);
    }

    public boolean wants(String source) {
        return SourcePattern.wanted(sources, source);
    }

    public boolean expiredAt(Instant now) {
        return !now.isBefore(deadline);
    }
}
