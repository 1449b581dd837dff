package org.clusterbackup.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time as configuration files spell it: {@code 90s}, {@code 15m}, {@code 20h}, {@code 30d} or ISO 8601 ({@code PT20H}). */
final class TimeSpan implements ITypeConverter<Duration> {
    private static final Pattern SHORT = Pattern.compile("([0-9]{1,9})([smhd])");

    @Override
    public Duration convert(String text) {
        var match = SHORT.matcher(text);
        try {
            if (match.matches()) {
                var unit = match.group(2).equals("d") ? "P%sD" : "PT%s" + match.group(2);
                return Duration.parse(unit.formatted(match.group(1)).toUpperCase(Locale.ROOT));
            }
            var span = Duration.parse(text.toUpperCase(Locale.ROOT));
            if (!span.isNegative()) {
                return span;
            }
        } catch (DateTimeException e) {
            throw bad(text);
        }
        throw bad(text);
    }

    private static TypeConversionException bad(String text) {
        return new TypeConversionException("not a time such as 90s, 15m, 20h or 30d: " + text);
    }
}
