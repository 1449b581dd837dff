package org.clusterbackup.events;

import java.time.Instant;
import java.util.Optional;

/**
 * A source can be backed up; renewed regularly, so that a silent one is noticed.
 *
 * @param kind as in manifests: {@code brick}, {@code host-state}, {@code etcd}, …
 * @param replicaSet the same for bricks that hold the same files
 * @param pendingHeals files that the brick's partners miss, as the brick noted it: a replica set with any is not in sync
 * @param problem why a backup would fail now, such as a brick that is not mounted
 */
public record SourceAnnounced(
        @Form(Text.SOURCE) String source,
        @Form(Text.WORD) String kind,
        @Form(Text.NAME) Optional<String> node,
        @Form(Text.NAME) Optional<String> volume,
        Optional<Long> brickIndex,
        @Form(Text.NAME) Optional<String> replicaSet,
        Optional<Long> capacityBytes,
        Optional<Long> usedBytes,
        Optional<Long> pendingHeals,
        @Form(Text.MESSAGE) Optional<String> problem,
        Instant announced)
        implements BackupEvent {

    public SourceAnnounced {
        problem = problem.map(Text::clip);
    }

    @Override
    public String key() {
        return source;
    }
}
