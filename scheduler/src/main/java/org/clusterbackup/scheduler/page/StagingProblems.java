package org.clusterbackup.scheduler.page;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.clusterbackup.scheduler.staging.Housekeeping;

/** What is wrong in staging, as its last housekeeping found it. */
public record StagingProblems(Housekeeping.Report report, OptionalLong capacity) {
    public static final StagingProblems NONE = new StagingProblems(
            new Housekeeping.Report(0, List.of(), 0, 0, 0, 0, 0, Map.of(), List.of(), List.of()), OptionalLong.empty());

    private static final int ALARM_PERCENT = 80;
    /** So long a target may lag behind before staging is said to fill because of it. */
    private static final Duration LAG = Duration.ofDays(2);

    /** Each in one line. */
    public List<String> at(Instant now) {
        var problems = new ArrayList<String>();
        capacity.ifPresent(bytes -> {
            var percent = (int) (report.bytes() * 100.0 / Math.max(1, bytes));
            if (percent >= ALARM_PERCENT) {
                problems.add("staging is " + percent + " % full: " + Ages.bytes(report.bytes()) + " of "
                        + Ages.bytes(bytes));
            }
        });
        new TreeMap<>(report.waiting()).forEach((target, waiting) -> {
            var age = Duration.between(waiting.oldest(), now);
            if (age.compareTo(LAG) > 0) {
                problems.add("staging keeps " + waiting.artifacts() + " artifacts that " + target
                        + " lacks, the oldest of them " + Ages.text(age)
                        + " old; take a target that is gone for good out of the file of targets");
            }
        });
        report.given()
                .forEach(given -> problems.add("staging is nearly full, so " + given.artifact() + " left it before "
                        + String.join(", ", given.targets()) + " had it"));
        report.bad()
                .forEach(bad -> problems.add(
                        "staging keeps " + bad.artifact() + ", which cannot be believed: " + bad.message()));
        report.doubts().forEach(doubt -> problems.add("no pack is deleted in staging: " + doubt));
        return List.copyOf(problems);
    }
}
