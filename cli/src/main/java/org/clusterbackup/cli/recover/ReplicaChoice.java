package org.clusterbackup.cli.recover;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.cli.recover.VolumeFacts.Member;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * Which brick's stream brings back all bricks of a replica set: replicas that are dumped live differ, so it is one for all.
 *
 * @param why a sentence for the plan
 * @param doubt what a person should know, if there is something
 */
public record ReplicaChoice(BrickFacts brick, String why, Optional<String> doubt) {

    /**
     * Of the newest artifacts that one whose brick noted the most heals of its partners. A brick notes what its partners
     * miss: one that was away notes nothing, and it is the one that lacks the files.
     *
     * @param set artifacts of the set's bricks, at most one a brick
     * @throws BackupException {@code DAMAGED} if none of them can stand for the set
     */
    public static ReplicaChoice of(String name, List<BrickFacts> set) throws BackupException {
        var whole = set.stream().filter(brick -> !brick.isArbiter()).toList();
        var newest = whole.stream()
                .max(Comparator.comparing(brick -> brick.manifest().started()))
                .orElseThrow(() -> new BackupException(
                                Kind.DAMAGED, "no brick of " + name + " that holds data is in the recovery point")
                        .withHint("an older one may have it: --at RUN"));
        var run = newest.manifest().run();
        var same = whole.stream()
                .filter(brick -> brick.equals(newest)
                        || (run.isPresent() && brick.manifest().run().equals(run)))
                .sorted(Comparator.comparingInt(BrickFacts::index))
                .toList();
        var chosen = same.stream()
                .max(Comparator.comparingLong(BrickFacts::pendingHeals)
                        .thenComparing(
                                Comparator.comparingInt(BrickFacts::index).reversed()))
                .orElse(newest);
        var noting = same.stream().filter(brick -> brick.pendingHeals() > 0).count();
        var source = chosen.manifest().ref().source();
        if (noting == 0) {
            return new ReplicaChoice(
                    chosen,
                    source + " brings back " + name + ": the first of " + same.size() + " that agree",
                    Optional.empty());
        }
        return new ReplicaChoice(
                chosen,
                source + " brings back " + name + ": it had " + chosen.pendingHeals()
                        + " files that others of the set lacked",
                noting == same.size() && same.size() > 1
                        ? Optional.of("each brick of " + name
                                + " had files that another lacked when it was dumped: what only another had is lost")
                        : Optional.empty());
    }

    /** What stands for each brick of the volumes. */
    static Map<Member, ReplicaChoice> forEach(List<VolumeFacts> volumes, List<String> remarks) throws BackupException {
        var choices = new HashMap<Member, ReplicaChoice>();
        for (var volume : volumes) {
            for (var set : volume.sets()) {
                var choice = ReplicaChoice.of(
                        volume.setName(set),
                        set.stream().flatMap(member -> member.own().stream()).toList());
                choice.doubt().ifPresent(remarks::add);
                set.forEach(member -> choices.put(member, choice));
            }
        }
        return choices;
    }
}
