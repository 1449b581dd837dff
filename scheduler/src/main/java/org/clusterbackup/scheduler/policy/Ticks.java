package org.clusterbackup.scheduler.policy;

import com.cronutils.model.time.ExecutionTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.clusterbackup.events.BackupRequested;

/** Which request a policy owes now. The same for every scheduler, so that any number of them make one run. */
public final class Ticks {
    private static final DateTimeFormatter TICK =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private Ticks() {}

    /**
     * The request for the last tick, unless it was made already, or its jitter has not passed, or it was missed and is
     * not to be made up for. Of several missed ticks only the last is made up for: one backup holds what all would.
     *
     * @param started when this scheduler started
     * @param known whether there is a request of that run id
     */
    public static Optional<BackupRequested> due(Policy policy, Instant started, Instant now, Predicate<String> known) {
        return last(policy, now)
                .filter(tick -> policy.catchUp() || !tick.isBefore(started))
                .filter(tick -> !now.isBefore(tick.plus(late(policy, tick))))
                .filter(tick -> !known.test(run(policy, tick)))
                .map(tick -> new BackupRequested(
                        Optional.of(run(policy, tick)),
                        Optional.of(policy.name()),
                        policy.sources(),
                        Optional.of(now.plus(policy.deadline()))));
    }

    private static Optional<Instant> last(Policy policy, Instant now) {
        var times = ExecutionTime.forCron(policy.cron());
        // The library's last execution is before, not at, the time it is asked for.
        return times.lastExecution(now.plusSeconds(1).atZone(policy.zone())).map(last -> last.toInstant());
    }

    /** {@code <policy>-<tick>}; lower case, as run ids are. */
    public static String run(Policy policy, Instant tick) {
        return policy.name() + "-" + TICK.format(tick).toLowerCase(Locale.ROOT);
    }

    private static Duration late(Policy policy, Instant tick) {
        var seconds = policy.jitter().toSeconds();
        return seconds == 0
                ? Duration.ZERO
                : Duration.ofSeconds(Math.floorMod(run(policy, tick).hashCode(), seconds + 1));
    }

    /** The policy whose schedule made {@code run}, by the run's name. */
    public static Optional<Policy> policyOf(List<Policy> policies, String run) {
        return policies.stream()
                .filter(policy -> run.startsWith(policy.name() + "-")
                        && run.substring(policy.name().length() + 1).matches("[0-9]{8}t[0-9]{6}z"))
                .findFirst();
    }
}
