package org.clusterbackup.repository.retention;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.ledger.Deletion;

/**
 * What a policy keeps and what it lets go, source by source. No clock, no I/O.
 *
 * @param kept by source, newest run first
 * @param removed by source, newest run first
 */
public record Choice(List<Kept> kept, List<Candidate> removed) {
    static final Comparator<Candidate> OLDEST_FIRST = Comparator.comparing(Candidate::time)
            .thenComparing(candidate -> candidate.ref().artifact());

    /** By source, newest first. */
    static final Comparator<Candidate> ORDER = Comparator.comparing(
                    (Candidate candidate) -> candidate.ref().source())
            .thenComparing(OLDEST_FIRST.reversed());

    public Choice {
        kept = List.copyOf(kept);
        removed = List.copyOf(removed);
    }

    /** @param reasons at least one; what the policy calls it, such as {@code daily} */
    public record Kept(Candidate candidate, List<String> reasons) {
        public Kept {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Chooses among artifacts of any sources.
     *
     * @param roots artifacts that stay whatever the policy says, with the reason
     * @param gone what was deleted earlier, by source
     */
    public static Choice of(
            Policy policy,
            Collection<Candidate> artifacts,
            Map<ArtifactRef, String> roots,
            Map<SourceName, List<Deletion.Arrival>> gone) {
        var bySource = artifacts.stream()
                .collect(Collectors.groupingBy(
                        candidate -> candidate.ref().source(),
                        TreeMap<SourceName, List<Candidate>>::new,
                        Collectors.toList()));
        var reasons = new TreeMap<ArtifactRef, List<String>>();
        bySource.forEach((source, all) -> choose(policy, Trust.of(all, gone.getOrDefault(source, List.of())), reasons));
        for (var candidate : artifacts) {
            var root = roots.get(candidate.ref());
            if (root != null) {
                add(reasons, candidate, root);
            }
        }
        var kept = new ArrayList<Kept>();
        var removed = new ArrayList<Candidate>();
        artifacts.stream().sorted(ORDER).forEach(candidate -> {
            var why = reasons.get(candidate.ref());
            if (why == null) {
                removed.add(candidate);
            } else {
                kept.add(new Kept(candidate, why));
            }
        });
        return new Choice(kept, removed);
    }

    /**
     * What is trusted most is chosen as if nothing else were there; the less trusted beside it, where the policy would
     * have them too. So bad ones leave by the same rules, and never push a good one out.
     */
    private static void choose(
            Policy policy, Map<Trust, List<Candidate>> source, Map<ArtifactRef, List<String>> reasons) {
        var considered = new ArrayList<Candidate>();
        for (var layer : source.entrySet()) {
            var best = considered.isEmpty();
            var own = new HashSet<>(layer.getValue());
            considered.addAll(layer.getValue());
            considered.sort(OLDEST_FIRST.reversed());
            var said = layer.getKey().text();
            for (var pick : picks(policy, considered).entrySet()) {
                if (own.contains(pick.getKey())) {
                    pick.getValue().forEach(reason -> add(reasons, pick.getKey(), reason));
                    if (!said.isEmpty()) {
                        add(reasons, pick.getKey(), said);
                    }
                }
            }
            if (best) {
                var newest = considered.getFirst();
                add(reasons, newest, layer.getKey() == Trust.NOT_WHOLE ? "last one" : "last good");
            }
        }
    }

    private static void add(Map<ArtifactRef, List<String>> reasons, Candidate candidate, String reason) {
        reasons.computeIfAbsent(candidate.ref(), _ -> new ArrayList<>()).add(reason);
    }

    /**
     * As restic chooses: the newest of each of the newest periods, and the oldest of all while a rule has periods left.
     *
     * @param newestFirst not empty
     */
    private static Map<Candidate, List<String>> picks(Policy policy, List<Candidate> newestFirst) {
        var picks = new TreeMap<Candidate, List<String>>(OLDEST_FIRST);
        for (var rule : Rule.values()) {
            var left = policy.counts().getOrDefault(rule, 0);
            var last = Long.MIN_VALUE;
            for (var place = 0; place < newestFirst.size() && left > 0; place++) {
                var candidate = newestFirst.get(place);
                var period = rule.period(candidate.time(), place);
                if (period != last || place == newestFirst.size() - 1) {
                    picks.computeIfAbsent(candidate, _ -> new ArrayList<>())
                            .add(period != last ? rule.text() : "oldest " + rule.text());
                    last = period;
                    left--;
                }
            }
        }
        policy.within().ifPresent(within -> {
            var since = within.since(newestFirst.getFirst().time());
            for (var candidate : newestFirst) {
                if (candidate.time().isAfter(since)) {
                    picks.computeIfAbsent(candidate, _ -> new ArrayList<>()).add("within");
                }
            }
        });
        return picks;
    }
}
