package org.clusterbackup.scheduler.owed;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.scheduler.page.Status;
import org.clusterbackup.scheduler.run.Book;

/**
 * Joins lags with what the events tell of the work: no clock, no I/O. Groups are known by their names, which
 * {@code docs/configuration.md} fixes; of another's work nothing is known but whether it has members.
 *
 * @param still so long without a move work counts as stuck
 */
public record Owing(Book.View view, Publications publications, Duration still) {
    private static final String SHIPPER = "shipper-";
    private static final String BRICK_AGENT = "brick-agent-";

    public List<Status.Owed> at(Instant now, List<Lag> lags) {
        return lags.stream().map(lag -> owed(now, lag)).toList();
    }

    private Status.Owed owed(Instant now, Lag lag) {
        var records = lag.records() == 0
                ? List.<Publications.Published>of()
                : publications.of(lag).toList();
        var oldest = records.stream().map(Publications.Published::at).min(Comparator.naturalOrder());
        var runs = records.stream().flatMap(record -> record.run().stream()).collect(Collectors.toUnmodifiableSet());
        return new Status.Owed(
                lag.group(),
                lag.topic(),
                lag.records(),
                lag.members(),
                oldest,
                deadline(runs),
                verdict(now, lag, oldest).text());
    }

    /** The first that passes. */
    private Optional<Instant> deadline(Set<String> runs) {
        return view.runs().stream()
                .map(Book.RunView::request)
                .filter(request -> runs.contains(request.run()))
                .map(request -> request.deadline())
                .min(Comparator.naturalOrder());
    }

    private Verdict verdict(Instant now, Lag lag, Optional<Instant> oldest) {
        if (lag.records() == 0) {
            return Verdict.IDLE;
        } else if (lag.members() == 0) {
            return Verdict.NOBODY_THERE;
        }
        var moved = Stream.concat(moves(lag.group()), oldest.stream()).max(Comparator.naturalOrder());
        return moved.filter(time -> time.plus(still).isBefore(now)).isPresent() ? Verdict.STUCK : Verdict.WORKING;
    }

    private Stream<Instant> moves(String group) {
        if (group.startsWith(SHIPPER)) {
            return moves(group.substring(SHIPPER.length()), _ -> true);
        } else if (group.startsWith(BRICK_AGENT)) {
            return moves("", ofNode(group.substring(BRICK_AGENT.length())));
        } else if (group.startsWith("etcd-agent-")) {
            return moves("", group.replaceFirst("etcd-agent-", "etcd/")::equals);
        } else if (group.startsWith("k8s-dumper-")) {
            return moves("", group.replaceFirst("k8s-dumper-", "kubernetes/")::equals);
        }
        return Stream.empty();
    }

    private Stream<Instant> moves(String target, Predicate<String> source) {
        return view.moves().getOrDefault(target, Map.of()).entrySet().stream()
                .filter(move -> source.test(move.getKey()))
                .map(Map.Entry::getValue);
    }

    /** A node's own sources, and their replicas elsewhere: a brick waits while another of its set is dumped. */
    private Predicate<String> ofNode(String node) {
        var own = view.announced().stream()
                .filter(source -> source.node().equals(Optional.of(node)))
                .toList();
        var sets = own.stream().flatMap(source -> source.replicaSet().stream()).collect(Collectors.toSet());
        var counted = Stream.concat(own.stream(), view.announced().stream().filter(source -> source.replicaSet()
                        .filter(sets::contains)
                        .isPresent()))
                .map(SourceAnnounced::source)
                .collect(Collectors.toUnmodifiableSet());
        return counted::contains;
    }
}
