package org.clusterbackup.scheduler.page;

import java.time.Duration;
import java.util.Locale;

/** Times and amounts as people say them. */
public final class Ages {
    private static final long MINUTE = 60;
    private static final long HOUR = 3600;
    private static final long DAY = 86_400;

    private Ages() {}

    /** {@code 40 s}, {@code 12 min}, {@code 5 h} or {@code 3 d}. */
    public static String text(Duration age) {
        var seconds = age.toSeconds();
        if (seconds < 2 * MINUTE) {
            return seconds + " s";
        } else if (seconds < 2 * HOUR) {
            return seconds / MINUTE + " min";
        }
        return seconds < 2 * DAY ? seconds / HOUR + " h" : seconds / DAY + " d";
    }

    /** {@code 1.5 GB}, in powers of ten. */
    public static String bytes(long bytes) {
        var units = new String[] {"B", "kB", "MB", "GB", "TB", "PB"};
        var value = (double) bytes;
        var unit = 0;
        while (value >= 1000 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }
}
