package org.clusterbackup.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes, also as {@code 500M}, {@code 20G} or {@code 1T}, by powers of 1024. */
final class ByteCount implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([KMGT])|([0-9]{1,18})");
    private static final String UNITS = "KMGT";
    private static final int BITS = 10;

    @Override
    public Long convert(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            throw new TypeConversionException("not a number of bytes such as 1000000, 500M or 20G: " + text);
        }
        return match.group(2) == null
                ? Long.parseLong(text)
                : Long.parseLong(match.group(1)) << (BITS * (UNITS.indexOf(match.group(2)) + 1));
    }
}
