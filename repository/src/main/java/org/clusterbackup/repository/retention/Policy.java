package org.clusterbackup.repository.retention;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * What is kept of each source. It cannot be empty, nor a count of artifacts alone: garbage runs in a row would push every
 * good one out.
 *
 * @param counts of how many of the newest periods one artifact each is kept, at least 1 where a rule is there
 * @param within how long everything is kept
 */
public record Policy(Map<Rule, Integer> counts, Optional<Within> within) {
    /** As a count: every period there is. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");

    public Policy {
        counts = Map.copyOf(counts);
        if (counts.values().stream().anyMatch(count -> count < 1)) {
            throw new IllegalArgumentException("a rule that keeps nothing is none: " + counts);
        }
    }

    /**
     * Reads what an operator said.
     *
     * @param counts a whole number each, or {@code unlimited}; 0 is as if the rule were not there
     * @throws BackupException {@code USAGE} saying what is wrong with it
     */
    public static Policy parse(Map<Rule, String> counts, Optional<String> within) throws BackupException {
        var parsed = new EnumMap<Rule, Integer>(Rule.class);
        for (var rule : counts.entrySet()) {
            var count = count(rule.getKey(), rule.getValue());
            if (count > 0) {
                parsed.put(rule.getKey(), count);
            }
        }
        var all = within.isPresent() ? Optional.of(Within.parse(within.get())) : Optional.<Within>empty();
        if (parsed.isEmpty() && all.isEmpty()) {
            throw new BackupException(Kind.USAGE, "the policy keeps nothing")
                    .withHint("say what is kept, such as --keep-daily 7 --keep-weekly 4 --keep-monthly 12");
        }
        if (all.isEmpty()
                && parsed.keySet().stream().allMatch(rule -> rule == Rule.LAST)
                && parsed.getOrDefault(Rule.LAST, 0) != UNLIMITED) {
            throw new BackupException(
                            Kind.USAGE,
                            "the policy counts artifacts and nothing else: a few bad runs in a row would push out every"
                                    + " good one")
                    .withHint("add what goes by time, such as --keep-daily 7 or --keep-within 30d");
        }
        return new Policy(parsed, all);
    }

    /** As options spell it. */
    public String text() {
        var rules = counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(rule ->
                        rule.getKey().text() + " " + (rule.getValue() == UNLIMITED ? "unlimited" : rule.getValue()));
        return "keep "
                + Stream.concat(rules, within.map(all -> "within " + all.text()).stream())
                        .collect(Collectors.joining(", "));
    }

    private static int count(Rule rule, String text) throws BackupException {
        if (text.equals("unlimited")) {
            return UNLIMITED;
        }
        if (!COUNT.matcher(text).matches()) {
            throw new BackupException(
                    Kind.USAGE, "keep-" + rule.text() + " is not a whole number or 'unlimited': '" + text + "'");
        }
        return Integer.parseInt(text);
    }
}
