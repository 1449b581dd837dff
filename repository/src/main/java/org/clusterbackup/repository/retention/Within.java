package org.clusterbackup.repository.retention;

import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** How long everything is kept, counted back from the newest artifact, as restic spells it: {@code 1y5m7d2h}. */
public record Within(Period period, Duration hours) {
    private static final Pattern FORM =
            Pattern.compile("(?:([0-9]{1,3})y)?(?:([0-9]{1,4})m)?(?:([0-9]{1,5})d)?(?:([0-9]{1,6})h)?");

    /** @throws BackupException {@code USAGE} unless it is some years, months, days and hours, at least one hour in all */
    public static Within parse(String text) throws BackupException {
        var match = FORM.matcher(text);
        if (match.matches()) {
            var within = new Within(
                    Period.of(number(match, 1), number(match, 2), number(match, 3)),
                    Duration.ofHours(number(match, 4)));
            if (!within.period().isZero() || !within.hours().isZero()) {
                return within;
            }
        }
        throw new BackupException(Kind.USAGE, "not a time within which all is kept: '" + text + "'")
                .withHint("years, months, days and hours in this order, such as 1y5m7d2h or 30d; m is months");
    }

    private static int number(Matcher match, int group) {
        var digits = match.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /** As {@link #parse} takes it. */
    String text() {
        return part(period.getYears(), "y")
                + part(period.getMonths(), "m")
                + part(period.getDays(), "d")
                + part(hours.toHours(), "h");
    }

    private static String part(long number, String unit) {
        return number == 0 ? "" : number + unit;
    }

    /** The earliest time that is kept when the newest artifact is of {@code newest}. */
    Instant since(Instant newest) {
        return newest.atZone(ZoneOffset.UTC).minus(period).minus(hours).toInstant();
    }
}
