package org.clusterbackup.repository.retention;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.copy.TargetLock;

/**
 * The time of an artifact's run, by what its writer signed: the time in the run's id, where it has one and the artifact
 * was begun within a day of it, so that all sources of a run fall into the same hour and day; otherwise when the
 * artifact was begun.
 */
public final class RunTime {
    private static final Pattern SCHEDULED = Pattern.compile(".*-([0-9]{8}t[0-9]{6}z)");
    private static final Pattern MANUAL = Pattern.compile("manual-(?:[0-9]+-[0-9]+-)?([0-9]{1,15})");
    private static final DateTimeFormatter TICK =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /** Clocks that are both right may differ by this. */
    static final Duration CLOCKS_DIFFER = TargetLock.CLOCKS_DIFFER;

    /** What is begun later was made up for, and holds what was there then. */
    private static final Duration LONGEST = Duration.ofDays(1);

    /** What is signed may be any time that can be written; what is made of it must not overflow. */
    private static final Instant FIRST = Instant.EPOCH;

    private static final Instant LAST = Instant.parse("9999-12-31T00:00:00Z");

    private RunTime() {}

    public static Instant of(Manifest manifest) {
        return of(manifest.run(), manifest.started());
    }

    public static Instant of(Optional<String> run, Instant started) {
        var begun = started.isBefore(FIRST) ? FIRST : started.isAfter(LAST) ? LAST : started;
        return run.flatMap(RunTime::inId)
                .filter(time -> !begun.isBefore(time.minus(CLOCKS_DIFFER)) && !begun.isAfter(time.plus(LONGEST)))
                .orElse(begun);
    }

    private static Optional<Instant> inId(String run) {
        var scheduled = SCHEDULED.matcher(run);
        if (scheduled.matches()) {
            try {
                return Optional.of(TICK.parse(scheduled.group(1).toUpperCase(Locale.ROOT), Instant::from));
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        }
        var manual = MANUAL.matcher(run);
        return manual.matches() ? Optional.of(Instant.ofEpochMilli(Long.parseLong(manual.group(1)))) : Optional.empty();
    }
}
