package org.clusterbackup.repository.retention;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.YamlFile;

/**
 * Which policy is for which source: the first that has a pattern of it. One that has none stays as it is. It is said by
 * options or, beside the scheduler's policies, in a file:
 *
 * <pre>
 * retention:
 *   - sources: ["brick/*", "host/*"]
 *     keep: {last: 3, daily: 7, weekly: 5, monthly: 12, yearly: unlimited, within: 30d}
 * </pre>
 */
public final class Retention {
    /** Of the file. */
    public static final String MEMBER = "retention";

    private static final String SOURCES = "sources";
    private static final String KEEP = "keep";
    private static final String WITHIN = "within";

    private final List<Entry> entries;
    private final Predicate<String> wanted;

    private record Entry(List<String> patterns, Predicate<String> matches, Policy policy) {
        static Entry of(List<String> patterns, Policy policy) {
            var matches = patterns.stream()
                    .map(SourceName::matching)
                    .reduce(Predicate::or)
                    .orElse(_ -> false);
            return new Entry(patterns, matches, policy);
        }
    }

    private Retention(List<Entry> entries, Predicate<String> wanted) {
        this.entries = List.copyOf(entries);
        this.wanted = wanted;
    }

    /** One policy for all sources. */
    public static Retention of(Policy policy) {
        return new Retention(List.of(Entry.of(List.of("*"), policy)), _ -> true);
    }

    /** @throws BackupException {@code USAGE}, in one line that names file and key */
    public static Retention read(Path file) throws BackupException {
        return of(YamlFile.read(file).only("policies", MEMBER));
    }

    /**
     * What the member of {@code file} says.
     *
     * @throws BackupException {@code USAGE}, in one line that names file and key
     */
    public static Retention of(YamlFile file) throws BackupException {
        var entries = new ArrayList<Entry>();
        var seen = new HashSet<String>();
        for (var item : file.items(MEMBER)) {
            var patterns = item.only(SOURCES, KEEP).patterns(SOURCES);
            if (patterns.isEmpty()) {
                throw item.at(SOURCES).bad("is empty");
            }
            for (var pattern : patterns) {
                if (!seen.add(pattern)) {
                    throw item.at(SOURCES).bad("has a pattern that is there already: " + pattern);
                }
            }
            entries.add(Entry.of(patterns, policy(item.child(KEEP))));
        }
        if (entries.isEmpty()) {
            throw file.at(MEMBER).bad("says nothing");
        }
        return new Retention(entries, _ -> true);
    }

    private static Policy policy(YamlFile keep) throws BackupException {
        var rules = Stream.concat(Stream.of(Rule.values()).map(Rule::text), Stream.of(WITHIN));
        var _ = keep.only(rules.toArray(String[]::new));
        var counts = new EnumMap<Rule, String>(Rule.class);
        for (var rule : Rule.values()) {
            keep.optionalNumber(rule.text()).ifPresent(count -> counts.put(rule, count));
        }
        try {
            return Policy.parse(counts, keep.optionalText(WITHIN));
        } catch (BackupException e) {
            throw keep.bad("is no policy: " + e.getMessage());
        }
    }

    /** The same for sources that match {@code pattern}: all others stay as they are. */
    public Retention only(String pattern) {
        return new Retention(entries, wanted.and(SourceName.matching(pattern)));
    }

    /** The policy that {@code source} is pruned by; without one it stays as it is. */
    public Optional<Policy> policy(SourceName source) {
        return entries.stream()
                .filter(entry -> wanted.test(source.value()) && entry.matches().test(source.value()))
                .findFirst()
                .map(Entry::policy);
    }

    /** For the ledger. */
    public String text() {
        return entries.size() == 1
                ? entries.getFirst().policy().text()
                : entries.stream()
                        .map(entry -> entry.policy().text() + " of " + String.join(" ", entry.patterns()))
                        .collect(Collectors.joining("; "));
    }
}
