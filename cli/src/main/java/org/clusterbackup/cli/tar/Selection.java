package org.clusterbackup.cli.tar;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.clusterbackup.repository.SourceName;

/** The part of a tree that is wanted: paths with all that is below them, {@code *} for any bytes; none means all. */
public final class Selection {
    private final List<String> patterns;
    private final Set<String> matched = new HashSet<>();

    public Selection(List<String> patterns) {
        this.patterns = patterns.stream().map(Selection::normal).toList();
    }

    private static String normal(String pattern) {
        return pattern.replaceAll("^(\\./|/)+", "").replaceAll("/+$", "");
    }

    boolean wants(String name) {
        var wanted = patterns.isEmpty();
        for (var pattern : patterns) {
            if (SourceName.matches(pattern, name) || SourceName.matches(pattern + "/*", name)) {
                matched.add(pattern);
                wanted = true;
            }
        }
        return wanted;
    }

    /** Patterns that named nothing so far. */
    public List<String> unmatched() {
        return patterns.stream().filter(pattern -> !matched.contains(pattern)).collect(Collectors.toList());
    }
}
