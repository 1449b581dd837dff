package org.clusterbackup.repository.retention;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** One {@code --keep-…} with a count, as restic has them: of so many of the newest periods, in UTC, the newest artifact each. */
public enum Rule {
    LAST,
    HOURLY,
    DAILY,
    WEEKLY,
    MONTHLY,
    YEARLY;

    private static final int HUNDRED = 100;

    /** As options and reasons spell it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The same number for all times of one period, different for neighbours.
     *
     * @param place in the order of all artifacts, which is a period of its own for {@link #LAST}
     */
    long period(Instant time, int place) {
        var utc = time.atZone(ZoneOffset.UTC);
        return switch (this) {
            case LAST -> place;
            case HOURLY -> day(utc) * HUNDRED + utc.getHour();
            case DAILY -> day(utc);
            case WEEKLY ->
                utc.get(IsoFields.WEEK_BASED_YEAR) * (long) HUNDRED + utc.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
            case MONTHLY -> month(utc);
            case YEARLY -> utc.getYear();
        };
    }

    private static long month(ZonedDateTime utc) {
        return utc.getYear() * (long) HUNDRED + utc.getMonthValue();
    }

    private static long day(ZonedDateTime utc) {
        return month(utc) * HUNDRED + utc.getDayOfMonth();
    }
}
