package org.clusterbackup.service.log;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The fields of a log line, {@code key={}} in its pattern, found again once the pattern is gone: the logger hands on the line
 * and the parameters. A pattern of ours has no other {@code =}, so between two parameters there is one that ends with the
 * next field's name, or none. A field is a whole parameter in its place, whatever it holds: a value that reads like a field
 * makes none.
 */
final class LogFields {
    private static final Pattern NAME = Pattern.compile("(?<![\\p{Alnum}_.-])[a-z][A-Za-z]*$");

    /** Above any name of a field. */
    private static final int MAX_NAME = 32;

    private final String line;
    private final List<String> values;

    private LogFields(String line, List<String> values) {
        this.line = line;
        this.values = values;
    }

    /** @return values by name, in their order; none if the line is not made of its parameters */
    static Map<String, String> of(String line, Object[] parameters) {
        var values = Arrays.stream(parameters).map(String::valueOf).toList();
        return new LogFields(line, values).from(0, 0).orElse(Map.of());
    }

    /** What the rest of the line holds, or empty if it cannot be the rest. */
    private Optional<Map<String, String>> from(int parameter, int start) {
        var equals = line.indexOf('=', start);
        if (parameter == values.size()) {
            return equals < 0 ? Optional.of(new LinkedHashMap<>()) : Optional.empty();
        }
        return named(parameter, start, equals).or(() -> nameless(parameter, start, equals));
    }

    private Optional<Map<String, String>> named(int parameter, int start, int equals) {
        var value = values.get(parameter);
        if (equals < 0 || !line.startsWith(value, equals + 1)) {
            return Optional.empty();
        }
        var name = NAME.matcher(line.substring(Math.max(start, equals - MAX_NAME), equals));
        if (!name.find()) {
            return Optional.empty();
        }
        return from(parameter + 1, equals + 1 + value.length()).map(rest -> {
            var all = new LinkedHashMap<String, String>();
            all.put(name.group(), value);
            all.putAll(rest);
            return all;
        });
    }

    private Optional<Map<String, String>> nameless(int parameter, int start, int equals) {
        var value = values.get(parameter);
        var found = line.indexOf(value, start);
        return found < 0 || (equals >= 0 && found > equals)
                ? Optional.empty()
                : from(parameter + 1, found + value.length());
    }
}
