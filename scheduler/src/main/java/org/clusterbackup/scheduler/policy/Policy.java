package org.clusterbackup.scheduler.policy;

import com.cronutils.model.Cron;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;

/**
 * When to back up what.
 *
 * @param cron five fields: minute, hour, day of month, month, day of week
 * @param jitter by at most this much each tick is late, the same for every scheduler
 * @param catchUp a tick that was missed is made up for
 * @param sources patterns; none is every source
 * @param deadline for a run's work, from its request
 * @param objective how old the newest recovery point at a target may become
 */
public record Policy(
        String name,
        Cron cron,
        ZoneId zone,
        Duration jitter,
        boolean catchUp,
        List<String> sources,
        List<RequiredSource> required,
        Duration deadline,
        Duration objective) {

    public Policy {
        sources = List.copyOf(sources);
        required = List.copyOf(required);
    }
}
