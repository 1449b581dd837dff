package org.clusterbackup.repository.retention;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.copy.CondemnedPacks;
import org.clusterbackup.repository.ledger.Deletion;
import org.clusterbackup.repository.ledger.LedgerChain;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.store.ObjectInfo;

/**
 * What lies at a target by one listing, and what its ledger says of it; nothing is believed yet. Memory is that of the
 * pack index and some hundred bytes an artifact.
 *
 * @param artifacts every folder of an artifact, committed or not
 * @param newest the newest time at which anything was stored: the store's clock is not behind it
 */
record Survey(
        LedgerChain ledger,
        PackSet packs,
        Map<ArtifactRef, Folder> artifacts,
        List<ObjectInfo> condemned,
        Instant newest) {

    /**
     * The objects of one artifact.
     *
     * @param committed when its manifest was stored; empty without one
     * @param newest when the newest of them was stored
     */
    record Folder(Optional<Instant> committed, Instant newest, long bytes) {
        private Folder with(ObjectInfo object, boolean manifest) {
            return new Folder(
                    manifest ? Optional.of(object.modified()) : committed,
                    object.modified().isAfter(newest) ? object.modified() : newest,
                    bytes + object.size());
        }
    }

    /** @throws BackupException also if the ledger is damaged: nothing is deleted by one that cannot be believed */
    static Survey of(Repository target, LedgerChain ledger) throws BackupException {
        ledger.requireWhole();
        var artifacts = new TreeMap<ArtifactRef, Folder>();
        target.store().list(ArtifactRef.ROOT, object -> ArtifactRef.holding(object.name())
                .ifPresent(ref -> artifacts.put(
                        ref,
                        artifacts
                                .getOrDefault(ref, new Folder(Optional.empty(), Instant.EPOCH, 0))
                                .with(object, object.name().equals(ref.object(ArtifactRef.MANIFEST))))));
        var packs = new PackSet();
        var newest = new Instant[] {Instant.EPOCH};
        target.store().list(PackSet.FOLDER, object -> {
            newest[0] = later(newest[0], object.modified());
            if (PackSet.isPath(object.name())) {
                packs.add(PackSet.nameOf(object.name()), object.size(), object.modified());
            }
        });
        artifacts.values().forEach(folder -> newest[0] = later(newest[0], folder.newest()));
        return new Survey(ledger, packs, artifacts, new CondemnedPacks(target.store()).files(), newest[0]);
    }

    private static Instant later(Instant one, Instant other) {
        return other.isAfter(one) ? other : one;
    }

    /** Everything that was entered for deletion: what of it is still there is to go. */
    Set<ArtifactRef> deleted() {
        return deletions()
                .map(gone -> new ArtifactRef(gone.source(), gone.artifact()))
                .collect(Collectors.toSet());
    }

    /** What is known of when it came, by source. */
    Map<SourceName, List<Deletion.Arrival>> gone() {
        return deletions()
                .filter(deleted -> deleted.arrival().isPresent())
                .collect(Collectors.groupingBy(
                        Deletion.Deleted::source,
                        Collectors.mapping(deleted -> deleted.arrival().orElseThrow(), Collectors.toList())));
    }

    private Stream<Deletion.Deleted> deletions() {
        return ledger.bodies(Deletion.class).flatMap(entry -> entry.artifacts().stream());
    }

    /** Every artifact that a recovery point names. */
    Set<ArtifactRef> named() {
        return ledger.recoveryPoints()
                .flatMap(point -> point.sources().stream())
                .map(standing -> new ArtifactRef(standing.source(), standing.artifact()))
                .collect(Collectors.toSet());
    }

    /** What the last recovery point and the last complete one need, with the reason: whatever else goes, these come back whole. */
    Map<ArtifactRef, String> roots() {
        var roots = new HashMap<ArtifactRef, String>();
        var complete = ledger.recoveryPoints().filter(point -> point.status() == RecoveryPoint.Status.COMPLETE);
        for (var point : List.of(complete.reduce((a, b) -> b), ledger.lastRecoveryPoint())) {
            point.ifPresent(last -> last.sources()
                    .forEach(standing -> roots.put(
                            new ArtifactRef(standing.source(), standing.artifact()), "recovery point " + last.run())));
        }
        return roots;
    }
}
