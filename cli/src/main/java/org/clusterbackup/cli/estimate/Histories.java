package org.clusterbackup.cli.estimate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.Tasks;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.ledger.Deletion;
import org.clusterbackup.repository.ledger.LedgerChain;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.retention.RunTime;

/** Reads the history of every source from manifests, lists of packs and the ledger; no identity is needed. For one thread. */
public final class Histories {
    /** Each manifest costs two round trips. */
    private static final int AT_ONCE = 8;

    private final Repository repository;
    private final Consumer<BackupException> unreadable;
    private final Map<SourceName, SortedSet<Instant>> times = new HashMap<>();
    private final Map<SourceName, Integer> missed = new HashMap<>();
    private Set<SourceName> retired = Set.of();

    /**
     * @param chain the ledger of a target; empty in staging
     * @param unreadable told of each artifact that cannot be believed; the others are taken
     */
    public Histories(Repository repository, Optional<LedgerChain> chain, Consumer<BackupException> unreadable) {
        this.repository = repository;
        this.unreadable = unreadable;
        chain.ifPresent(this::learn);
    }

    private void learn(LedgerChain chain) {
        var lastOfRun = new LinkedHashMap<String, RecoveryPoint>();
        chain.recoveryPoints().forEach(point -> {
            lastOfRun.put(point.run(), point);
            point.sources()
                    .forEach(standing -> time(standing.source(), RunTime.of(standing.run(), standing.started())));
        });
        lastOfRun.values().forEach(point -> point.missing()
                .forEach(gap -> missed.merge(gap.source(), 1, Integer::sum)));
        chain.bodies(Deletion.class)
                .flatMap(deletion -> deletion.artifacts().stream())
                .forEach(gone -> gone.arrival().ifPresent(arrival -> time(gone.source(), arrival.time())));
        retired = chain.retired();
    }

    private void time(SourceName source, Instant time) {
        times.computeIfAbsent(source, _ -> new TreeSet<>()).add(time);
    }

    /** Of every source with an artifact that can be believed, by name. */
    public List<History> read() throws BackupException {
        var runs = new TreeMap<SourceName, List<Manifest>>();
        for (var manifest : manifests(new Artifacts(repository.store()).list())) {
            runs.computeIfAbsent(manifest.ref().source(), _ -> new ArrayList<>())
                    .add(manifest);
        }
        var counted = new PackSet();
        var histories = new ArrayList<History>();
        for (var source : runs.entrySet()) {
            source.getValue().sort((one, other) -> one.ref().compareTo(other.ref()));
            histories.add(new History(
                    source.getKey(),
                    source.getValue().stream().map(History.Run::of).toList(),
                    times.getOrDefault(source.getKey(), Collections.emptySortedSet()),
                    missed.getOrDefault(source.getKey(), 0),
                    retired.contains(source.getKey()),
                    ownBytes(source.getValue().getLast(), counted)));
        }
        return histories;
    }

    private List<Manifest> manifests(List<ArtifactRef> refs) throws BackupException {
        var manifests =
                new Manifests(repository.store(), repository.description().repository(), repository.signers());
        var found = Collections.synchronizedList(new ArrayList<Manifest>());
        var bad = Collections.synchronizedList(new ArrayList<BackupException>());
        try (var reading = new Tasks(AT_ONCE)) {
            for (var ref : refs) {
                reading.submit(() -> {
                    try {
                        found.add(manifests.read(ref).manifest());
                    } catch (BackupException e) {
                        bad.add(ofObject(e));
                    }
                });
            }
            reading.await();
        }
        bad.forEach(unreadable);
        return List.copyOf(found);
    }

    /** Replicas share nearly all: what is counted for the first is not counted again. */
    private long ownBytes(Manifest newest, PackSet counted) throws BackupException {
        try {
            var list = PackList.read(repository.store(), newest);
            var own = 0L;
            for (var line = 1; line <= list.count(); line++) {
                var pack = list.name(line).hex();
                if (!counted.contains(pack)) {
                    counted.add(pack, list.size(line), Instant.EPOCH);
                    own += list.size(line);
                }
            }
            return own;
        } catch (BackupException e) {
            unreadable.accept(ofObject(e));
            return newest.storedBytes();
        }
    }

    private static BackupException ofObject(BackupException e) throws BackupException {
        if (!e.kind().concernsObject()) {
            throw e;
        }
        return e;
    }
}
