package org.clusterbackup.repository.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TargetName;

/**
 * A ledger as it was read: verified entries in order of number and digest, and everything that is wrong with it.
 *
 * @param unfinished signatures without their entry: what a kill left
 */
public record LedgerChain(List<Link> links, List<Problem> problems, List<String> unfinished) {
    /** A gap wider than this is told once, not number by number. */
    private static final int MAX_GAPS_TOLD = 100;

    public LedgerChain {
        links = List.copyOf(links);
        problems = List.copyOf(problems);
        unfinished = List.copyOf(unfinished);
    }

    public record Link(LedgerHead head, LedgerEntry entry) {}

    /** One thing that is wrong; {@code message} names the object and is whole by itself. */
    public record Problem(Kind kind, String object, String message) {
        static Problem of(String object, BackupException e) {
            return new Problem(e.kind(), object, String.valueOf(e.getMessage()));
        }
    }

    static LedgerChain of(List<Link> links, List<Problem> found, List<String> unfinished) {
        var sorted = links.stream()
                .sorted(Comparator.comparingLong((Link link) -> link.head().number())
                        .thenComparing(link -> link.head().digest()))
                .toList();
        var problems = new ArrayList<>(found);
        var byNumber = sorted.stream()
                .collect(Collectors.groupingBy(link -> link.head().number(), TreeMap::new, Collectors.toList()));
        gaps(byNumber.keySet(), problems);
        for (var link : sorted) {
            previous(link, byNumber.getOrDefault(link.head().number() - 1, List.of()), problems);
        }
        return new LedgerChain(sorted, problems, unfinished);
    }

    private static void gaps(Set<Long> numbers, List<Problem> problems) {
        var expected = 1L;
        var told = 0;
        for (var number : numbers) {
            for (; expected < number && told < MAX_GAPS_TOLD; expected++, told++) {
                var name = "ledger/%010d-".formatted(expected);
                problems.add(new Problem(Kind.DAMAGED, name, name + "….json: entry " + expected + " is missing"));
            }
            expected = number + 1;
        }
    }

    private static void previous(Link link, List<Link> before, List<Problem> problems) {
        var named = new HashSet<>(link.entry().previous());
        var there = before.stream().map(b -> b.head().digest()).collect(Collectors.toSet());
        var object = link.head().object();
        for (var digest : new TreeSet<Sha256>(named)) {
            if (!there.contains(digest)) {
                var gone = new LedgerHead(Math.max(link.head().number() - 1, 1), digest).object();
                problems.add(new Problem(Kind.DAMAGED, gone, gone + " is missing: " + object + " names it"));
            }
        }
        for (var b : before) {
            if (!named.contains(b.head().digest())) {
                var name = b.head().object();
                problems.add(new Problem(
                        Kind.DAMAGED, name, name + " is not named by " + object + ": it was put in afterwards"));
            }
        }
    }

    /** @throws BackupException of the gravest problem, if there is any */
    public void requireWhole() throws BackupException {
        var gravest = problems.stream().min(Comparator.comparing(Problem::kind, Kind.GRAVEST_FIRST));
        if (gravest.isPresent()) {
            throw new BackupException(
                    gravest.get().kind(),
                    "the ledger is damaged: " + gravest.get().message());
        }
    }

    /** The newest entries: none in an empty ledger, several after a fork. */
    public List<LedgerHead> heads() {
        if (links.isEmpty()) {
            return List.of();
        }
        var greatest = links.getLast().head().number();
        return links.stream()
                .map(Link::head)
                .filter(head -> head.number() == greatest)
                .toList();
    }

    /** Whether the entry that somebody saw once is still there: if not, the ledger was rolled back. */
    public boolean contains(LedgerHead head) {
        return links.stream().anyMatch(link -> link.head().equals(head));
    }

    /** Every recovery point, oldest first, superseded ones too. */
    public Stream<RecoveryPoint> recoveryPoints() {
        return bodies(RecoveryPoint.class);
    }

    /** The last recovery point of {@code run}, which is the one that counts, with its place in the chain. */
    public Optional<Link> recoveryPointOf(String run) {
        return links.stream()
                .filter(link -> link.entry().body().orElse(null) instanceof RecoveryPoint point
                        && point.run().equals(run))
                .reduce((a, b) -> b);
    }

    public Optional<RecoveryPoint> lastRecoveryPoint() {
        return recoveryPoints().reduce((a, b) -> b);
    }

    /** The newest drill, by the time that it began, that {@linkplain DrillResult#counts counts}. */
    public Optional<Link> lastDrill() {
        return links.stream()
                .filter(link -> drill(link).filter(DrillResult::counts).isPresent())
                .max(Comparator.comparing(link -> drill(link).orElseThrow().time()));
    }

    private static Optional<DrillResult> drill(Link link) {
        return link.entry().body().filter(DrillResult.class::isInstance).map(DrillResult.class::cast);
    }

    /** The recovery point that the entry {@code head} is, if it is there and is one. */
    public Optional<RecoveryPoint> recoveryPointAt(LedgerHead head) {
        return links.stream()
                .filter(link -> link.head().equals(head))
                .flatMap(link -> link.entry().body().stream())
                .filter(RecoveryPoint.class::isInstance)
                .map(RecoveryPoint.class::cast)
                .findFirst();
    }

    /** Every artifact that was entered for deletion. */
    public Set<Deletion.Deleted> deleted() {
        return bodies(Deletion.class).flatMap(d -> d.artifacts().stream()).collect(Collectors.toSet());
    }

    /** Sources that no recovery point expects any more, unless one later than their retirement names them again. */
    public Set<SourceName> retired() {
        var retired = new TreeSet<SourceName>();
        for (var link : links) {
            switch (link.entry().body().orElse(null)) {
                case Retirement retirement -> retired.add(retirement.source());
                case RecoveryPoint point -> point.sources().forEach(standing -> retired.remove(standing.source()));
                case null, default -> {}
            }
        }
        return retired;
    }

    /** The newest entry of each other target's ledger that this one has seen. */
    public Map<TargetName, LedgerHead> otherHeads() {
        var newest = new TreeMap<TargetName, LedgerHead>();
        for (var link : links) {
            link.entry()
                    .heads()
                    .forEach((target, head) -> newest.merge(target, head, (a, b) -> b.number() > a.number() ? b : a));
        }
        return newest;
    }

    /** What scrubs found. */
    public Scrubs scrubs() {
        return Scrubs.of(links);
    }

    /** Bodies of one kind, oldest first. */
    public <T extends LedgerBody> Stream<T> bodies(Class<T> type) {
        return links.stream()
                .map(link -> link.entry().body())
                .flatMap(Optional::stream)
                .filter(type::isInstance)
                .map(type::cast);
    }
}
