package org.clusterbackup.cli;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.retention.Policy;
import org.clusterbackup.repository.retention.Retention;
import org.clusterbackup.repository.retention.Rule;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is kept, spelt as restic spells it. */
final class KeepOptions {
    @Option(names = "--keep-last", paramLabel = "N", description = "The N newest artifacts; not alone.")
    private @Nullable String last;

    @Option(names = "--keep-hourly", paramLabel = "N", description = "Of each of the N newest hours the newest.")
    private @Nullable String hourly;

    @Option(names = "--keep-daily", paramLabel = "N", description = "Of each of the N newest days the newest.")
    private @Nullable String daily;

    @Option(names = "--keep-weekly", paramLabel = "N", description = "Of each of the N newest weeks the newest.")
    private @Nullable String weekly;

    @Option(names = "--keep-monthly", paramLabel = "N", description = "Of each of the N newest months the newest.")
    private @Nullable String monthly;

    @Option(
            names = "--keep-yearly",
            paramLabel = "N",
            description = "Of each of the N newest years the newest. N may be 'unlimited' in each of these.")
    private @Nullable String yearly;

    @Option(
            names = "--keep-within",
            paramLabel = "TIME",
            description = "Everything of that time before the newest: 1y5m7d2h, m for months.")
    private @Nullable String within;

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = {
                "What 'retention' says in that file, in YAML, in place of the options above: a policy for each pattern of",
                "sources. It may be the scheduler's file of policies."
            })
    private @Nullable Path file;

    /** Whether nothing was said. */
    boolean absent() {
        return Stream.of(last, hourly, daily, weekly, monthly, yearly, within, file)
                .allMatch(Objects::isNull);
    }

    /** @throws BackupException {@code USAGE} if it keeps nothing, or says something that is no policy */
    Retention retention() throws BackupException {
        var counts = new EnumMap<Rule, String>(Rule.class);
        put(counts, Rule.LAST, last);
        put(counts, Rule.HOURLY, hourly);
        put(counts, Rule.DAILY, daily);
        put(counts, Rule.WEEKLY, weekly);
        put(counts, Rule.MONTHLY, monthly);
        put(counts, Rule.YEARLY, yearly);
        if (file == null) {
            return Retention.of(Policy.parse(counts, Optional.ofNullable(within)));
        }
        if (!counts.isEmpty() || within != null) {
            throw new BackupException(Kind.USAGE, "--policy and --keep-… are two policies: give one of them");
        }
        return Retention.read(file);
    }

    private static void put(Map<Rule, String> counts, Rule rule, @Nullable String count) {
        if (count != null) {
            counts.put(rule, count);
        }
    }
}
