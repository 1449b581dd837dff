package org.clusterbackup.scheduler.page;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is shown of the whole system: {@code GET /api/status}, and the page from the same values. */
public record Status(
        Instant time,
        boolean good,
        String verdict,
        List<String> problems,
        List<Target> targets,
        List<Source> sources,
        List<RunNow> runs,
        List<Owed> owed,
        long rejected) {

    /**
     * The last recovery point that counts at a target.
     *
     * @param problems that a restore would meet although nothing is missing
     */
    public record Target(
            String name,
            Optional<String> run,
            Optional<String> status,
            Optional<Instant> restores,
            Optional<Long> ageSeconds,
            Optional<String> head,
            List<String> missing,
            List<String> problems,
            Optional<Drilled> drill) {}

    /**
     * The newest drill that says something of a whole recovery point.
     *
     * @param report its name at the target
     */
    public record Drilled(String run, Instant time, long ageSeconds, boolean ok, String report) {}

    /** A source and, in the order of the targets, its newest verified copy at each. */
    public record Source(
            String source,
            Optional<String> node,
            Optional<Instant> seen,
            boolean silent,
            Optional<String> problem,
            Optional<Long> streamBytes,
            List<Copy> copies) {}

    /** Empty where the target has none. */
    public record Copy(String target, Optional<String> artifact, Optional<Long> ageSeconds, Optional<Instant> proved) {}

    /** A run whose work may still be going on, or the last that ended. */
    public record RunNow(
            String run,
            Instant requested,
            Instant deadline,
            boolean open,
            List<AtTarget> targets,
            List<Step> steps,
            List<String> failures) {}

    /** @param state {@code collecting}, {@code due} or the recovery point's status */
    public record AtTarget(String target, int shipped, int failed, int expected, String state) {}

    /** @param percent empty where the amount is not known */
    public record Step(
            String source, String stage, Optional<String> target, long bytesDone, Optional<Integer> percent) {}

    /**
     * What a consumer group still owes.
     *
     * @param oldest when the oldest owed record was published
     * @param deadline the first of the owed runs'
     * @param verdict {@code idle}, {@code working}, {@code stuck} or {@code nobody-there}
     */
    public record Owed(
            String group,
            String topic,
            long records,
            int members,
            Optional<Instant> oldest,
            Optional<Instant> deadline,
            String verdict) {}
}
