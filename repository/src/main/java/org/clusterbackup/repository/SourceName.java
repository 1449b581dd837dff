package org.clusterbackup.repository;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is backed up, as 1 to 8 segments joined by {@code /}: {@code brick/gv0/0/node-a}. The same string is Kafka key,
 * path in a repository and subject of signatures. Segments are {@code [a-z0-9._-]} with every other byte as {@code %XX}.
 */
public record SourceName(String value) implements Comparable<SourceName> {
    private static final Pattern SEGMENT = Pattern.compile("(?:[a-z0-9._-]|%[0-9A-F]{2})+");
    private static final Set<String> RESERVED = Set.of("repository", "ledger", "drill");
    private static final int MAX_SEGMENTS = 8;
    private static final Pattern PATTERN = Pattern.compile("[a-z0-9A-F._%*/-]+");
    private static final int MAX_PATTERN = 512;

    /** @throws IllegalArgumentException with the reason, unless {@code value} is a valid source name */
    public SourceName {
        var segments = List.of(value.split("/", -1));
        if (segments.size() > MAX_SEGMENTS) {
            throw new IllegalArgumentException("source name has more than 8 segments: " + value);
        }
        for (var segment : segments) {
            if (!SEGMENT.matcher(segment).matches() || segment.equals(".") || segment.equals("..")) {
                throw new IllegalArgumentException("source name has a bad segment '" + segment + "': " + value);
            }
        }
        if (RESERVED.contains(segments.getFirst())) {
            throw new IllegalArgumentException("source name begins with a reserved word: " + value);
        }
    }

    public static boolean isValid(String value) {
        try {
            return !new SourceName(value).value.isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Joins segments of any bytes, escaping what a segment cannot hold. */
    public static SourceName of(String... segments) {
        return new SourceName(Stream.of(segments).map(SourceName::escape).collect(Collectors.joining("/")));
    }

    private static String escape(String segment) {
        var dots = segment.equals(".") || segment.equals("..");
        var out = new StringBuilder();
        for (var b : segment.getBytes(StandardCharsets.UTF_8)) {
            var plain = (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '_' || b == '-' || (b == '.' && !dots);
            out.append(plain ? String.valueOf((char) b) : String.format("%%%02X", b & 0xff));
        }
        return out.toString();
    }

    /**
     * Whether {@code pattern} names {@code subject}, a source's name or any other subject of a signature, as
     * {@code ssh-keygen} matches principals: {@code *} stands for any bytes, {@code /} too; no other wildcard.
     */
    public static boolean matches(String pattern, String subject) {
        return matching(pattern).test(subject);
    }

    /** Whether some source's name can match {@code pattern}: not where it has bytes that no name has. */
    public static boolean isPattern(String pattern) {
        return pattern.length() <= MAX_PATTERN && PATTERN.matcher(pattern).matches();
    }

    /** As {@link #matches}, for many subjects. */
    public static Predicate<String> matching(String pattern) {
        var regex = Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return Pattern.compile(regex, Pattern.DOTALL).asMatchPredicate();
    }

    /** Whether one of the two names is a folder above the other, which a repository cannot hold. */
    public boolean overlaps(SourceName other) {
        return !equals(other) && (value.startsWith(other.value + "/") || other.value.startsWith(value + "/"));
    }

    /** The folder of it and of the sources whose packs its artifacts can need: replicas of its volume; or it alone. */
    public String neighbourhood() {
        var second = value.indexOf('/', value.indexOf('/') + 1);
        return second < 0 ? value : value.substring(0, second);
    }

    @Override
    public int compareTo(SourceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
