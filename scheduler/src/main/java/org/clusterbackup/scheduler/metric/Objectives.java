package org.clusterbackup.scheduler.metric;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * What alerts measure by, beside what policies say.
 *
 * @param silent age of its last announcement at which a source is silent
 * @param drill how long ago the last drill at a target may be
 * @param proof how long ago the oldest pack of a copy may have been proved
 * @param stagingBytes what staging may hold
 */
public record Objectives(Duration silent, Duration drill, Duration proof, OptionalLong stagingBytes) {
    /** Without a value where staging has no limit. */
    public Family stagingCapacity() {
        var capacity = new Family("clusterbackup_staging_capacity_bytes", "what staging may hold");
        stagingBytes.ifPresent(bytes -> capacity.add(bytes));
        return capacity;
    }
}
