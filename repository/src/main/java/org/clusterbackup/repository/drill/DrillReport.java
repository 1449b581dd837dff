package org.clusterbackup.repository.drill;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.JsonMembers;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.ledger.LedgerHead;
import org.clusterbackup.repository.ledger.RecoveryPoint;

/**
 * What a drill of one recovery point found: {@code drills/<name>.json} of {@code docs/format.md}, member by member.
 *
 * @param time when it began, by the clock of the machine that it ran on
 * @param run of the recovery point
 * @param entry of the ledger, which is the recovery point
 * @param program version of the program
 * @param identityProved whether an identity was needed and opened all that it was tried on
 * @param patterns which sources were wanted; empty for all
 * @param took the whole drill
 * @param limit that it had
 * @param sources one at least, and each once; kept sorted
 */
public record DrillReport(
        String repository,
        TargetName target,
        Instant time,
        String run,
        LedgerHead entry,
        String program,
        boolean identityProved,
        List<String> patterns,
        Duration took,
        Optional<Duration> limit,
        List<Drilled> sources) {
    private static final int FORMAT = 1;

    /** @throws IllegalArgumentException if it says nothing, something twice, or an identity that failed to be proved */
    public DrillReport {
        patterns = List.copyOf(patterns);
        sources = sources.stream().sorted(Comparator.comparing(Drilled::ref)).toList();
        var names = sources.stream().map(drilled -> drilled.ref().source()).distinct();
        if (sources.isEmpty() || names.count() != sources.size()) {
            throw new IllegalArgumentException("a drill has sources, and each once");
        }
        if (identityProved
                && sources.stream().anyMatch(drilled -> drilled.failure().equals(Optional.of(Kind.NO_KEY.text())))) {
            throw new IllegalArgumentException("an identity that did not open everything is not proved");
        }
    }

    /** Whether no source failed and it took no longer than it may. */
    public boolean ok() {
        return sources.stream().allMatch(Drilled::ok) && !tooSlow();
    }

    public boolean tooSlow() {
        return limit.filter(most -> took.compareTo(most) > 0).isPresent();
    }

    /** Whether every source of the recovery point was tried, and not only those that somebody named. */
    public boolean whole() {
        return patterns.isEmpty();
    }

    /** Whether it speaks of artifacts that {@code point} has, and of all of them if it says that it is whole. */
    public boolean isOf(RecoveryPoint point) {
        var manifests = point.sources().stream()
                .collect(Collectors.toMap(
                        standing -> new ArtifactRef(standing.source(), standing.artifact()),
                        RecoveryPoint.Standing::manifestSha256,
                        (a, b) -> a));
        return point.run().equals(run)
                && (!whole() || point.sources().size() == sources.size())
                && sources.stream().allMatch(drilled -> drilled.manifestSha256().equals(manifests.get(drilled.ref())));
    }

    /** The bytes that are signed and stored. */
    public byte[] toBytes() {
        var object = JsonLayout.object()
                .put("format", FORMAT)
                .put("repository", repository)
                .put("target", target.value())
                .put("time", time.toString())
                .put("run", run)
                .put("entry", entry.toString())
                .put("program", program)
                .put("identityProved", identityProved);
        var wanted = object.putArray("patterns");
        patterns.forEach(wanted::add);
        object.put("ok", ok()).put("milliseconds", took.toMillis());
        limit.ifPresent(most -> object.put("limitMilliseconds", most.toMillis()));
        var found = object.putArray("sources");
        sources.forEach(drilled -> drilled.writeTo(found.addObject()));
        return JsonLayout.write(object);
    }

    /**
     * @param name of the object, for messages
     * @throws BackupException {@code DAMAGED} if it is none, or its {@code ok} is not what its members say; {@code
     *     UNKNOWN_FORMAT}
     */
    public static DrillReport parse(String name, byte[] bytes) throws BackupException {
        var members = JsonLayout.parse(name, bytes).requireFormat(FORMAT);
        try {
            var report = new DrillReport(
                    members.text("repository"),
                    new TargetName(members.text("target")),
                    members.time("time"),
                    members.text("run"),
                    LedgerHead.parse(members.text("entry")),
                    members.text("program"),
                    members.flag("identityProved"),
                    members.texts("patterns"),
                    Duration.ofMillis(members.number("milliseconds")),
                    members.has("limitMilliseconds")
                            ? Optional.of(Duration.ofMillis(members.number("limitMilliseconds")))
                            : Optional.empty(),
                    sources(members));
            if (members.flag("ok") != report.ok()) {
                throw members.bad("ok", "what the members beside it say");
            }
            return report;
        } catch (IllegalArgumentException e) {
            throw new BackupException(Kind.DAMAGED, name + ": " + e.getMessage(), e);
        }
    }

    private static List<Drilled> sources(JsonMembers members) throws BackupException {
        var sources = new ArrayList<Drilled>();
        for (var member : members.objects("sources")) {
            sources.add(Drilled.parse(member));
        }
        return sources;
    }
}
