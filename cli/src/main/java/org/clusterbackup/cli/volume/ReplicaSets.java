package org.clusterbackup.cli.volume;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.clusterbackup.cli.recover.BrickFacts;
import org.clusterbackup.cli.recover.ReplicaChoice;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.Manifest;

/**
 * The dumps that together hold the files of a volume: one of each replica set, since Gluster distributes files over the sets.
 *
 * @param chosen the dump that stands for a set, by the set's number from 0
 * @param missing numbers of sets of which there is none
 */
public record ReplicaSets(String volume, SortedMap<Integer, Manifest> chosen, Set<Integer> missing) {
    private static final Set<String> WHOLE_FILES = Set.of("Distribute", "Replicate", "Distributed-Replicate");

    public ReplicaSets {
        chosen = Collections.unmodifiableSortedMap(new TreeMap<>(chosen));
        missing = Set.copyOf(missing);
    }

    /**
     * Chooses for each set: the newest run that dumped a replica of it, and of that run's replicas the best; an arbiter, which
     * has names but no data, never.
     *
     * @param manifests of bricks of this volume; there is one at least
     * @throws BackupException {@code USAGE} if a brick of such a volume does not hold whole files
     */
    public static ReplicaSets choose(String volume, Collection<Manifest> manifests) throws BackupException {
        var newest = manifests.stream()
                .max(Comparator.comparing(Manifest::ref, Comparator.comparing(ref -> ref.artifact())))
                .orElseThrow(() -> new IllegalArgumentException("no manifest of " + volume));
        requireWholeFiles(volume, newest);
        var sets = manifests.stream()
                .filter(manifest -> sameVolume(manifest, newest))
                .map(BrickFacts::new)
                .filter(brick -> !brick.isArbiter())
                .collect(Collectors.groupingBy(
                        brick -> brick.index() / brick.setSize(), TreeMap::new, Collectors.toList()));
        var chosen = new TreeMap<Integer, Manifest>();
        for (var set : sets.entrySet()) {
            chosen.put(
                    set.getKey(),
                    ReplicaChoice.of("set " + set.getKey() + " of " + volume, set.getValue())
                            .brick()
                            .manifest());
        }
        var expected = expected(newest, sets.keySet());
        chosen.keySet().retainAll(expected);
        var missing = new TreeSet<>(expected);
        missing.removeAll(chosen.keySet());
        return new ReplicaSets(volume, chosen, missing);
    }

    private static void requireWholeFiles(String volume, Manifest manifest) throws BackupException {
        var type = manifest.details().path("volumeType").asText("");
        if (!WHOLE_FILES.contains(type)) {
            throw new BackupException(
                    Kind.USAGE, "volume " + volume + " is of type " + type + ": no brick of it holds a whole file");
        }
    }

    /** A volume that was made anew under the same name has another id. */
    private static boolean sameVolume(Manifest manifest, Manifest newest) {
        return manifest.details().path("volumeId").equals(newest.details().path("volumeId"));
    }

    /** What the volume had at the time of {@code newest}; a manifest that does not say leaves those that are there. */
    private static Set<Integer> expected(Manifest newest, Set<Integer> there) {
        var described = new BrickFacts(newest);
        var bricks = described.bricks().size();
        return bricks <= 0
                ? Set.copyOf(there)
                : IntStream.range(0, bricks / described.setSize()).boxed().collect(Collectors.toSet());
    }

    /** Whether all dumps are of one run; of several, a file that was moved between sets may be in both or in none. */
    public boolean ofOneRun() {
        return chosen.values().stream().map(Manifest::run).distinct().count() <= 1;
    }
}
