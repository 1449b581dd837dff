package org.clusterbackup.repository.retention;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Proof;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Origin;
import org.clusterbackup.repository.artifact.Tool;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.clusterbackup.repository.store.testing.TimedStore;

/** A target in memory with signed artifacts of made-up packs: a thousand cost a second, and none can be restored. */
final class MadeTarget {
    final TestRepository keys;
    final MemoryStore memory = new MemoryStore();
    final TimedStore store = new TimedStore(memory);
    final Repository repository;
    private final Random random;

    MadeTarget(TestRepository keys, long seed) throws BackupException {
        this.keys = keys;
        this.random = new Random(seed);
        repository = keys.target(store, keys.staging(new MemoryStore()), "tape");
    }

    /** Stores a pack that no other is like; its name. */
    String pack() throws BackupException {
        var bytes = new byte[20 + random.nextInt(100)];
        random.nextBytes(bytes);
        var name = Sha256.of(bytes).hex();
        store.create(PackSet.path(name), Body.of(bytes));
        return name;
    }

    /** Commits an artifact that was begun at {@code started}, stored when the store's clock says. */
    ArtifactRef artifact(String source, Optional<String> run, Instant started, Collection<String> packs)
            throws BackupException {
        var ref = new ArtifactRef(new SourceName(source), ArtifactId.at(started, random));
        var list = new StringBuilder();
        for (var pack : new TreeSet<>(packs)) {
            var size = store.stat(PackSet.path(pack)).orElseThrow().size();
            list.append(pack).append(' ').append(size).append('\n');
        }
        var packsBytes = list.toString().getBytes(UTF_8);
        var contents = "contents".getBytes(UTF_8);
        var manifest = new Manifest(
                repository.description().repository(),
                ref,
                run,
                new Origin(
                        ArtifactKind.STREAM, Optional.empty(), new Tool("test", "1"), List.of(), JsonLayout.object()),
                "test",
                started,
                started,
                1,
                1,
                1,
                Optional.empty(),
                1 << 16,
                Encryption.NONE,
                Sha256.of(packsBytes),
                Sha256.of(contents),
                Optional.empty());
        store.create(ref.object(ArtifactRef.PACKS), Body.of(packsBytes));
        store.create(ref.object(ArtifactRef.CONTENTS), Body.of(contents));
        store.create(ref.object(ArtifactRef.SIGNATURE), Body.of(keys.operator().sign(manifest.toBytes())));
        store.create(ref.object(ArtifactRef.MANIFEST), Body.of(manifest.toBytes()));
        return ref;
    }

    /** One of two packs of its own, stored and begun at the same time. */
    ArtifactRef artifactAt(String source, Instant time) throws BackupException {
        store.at(time);
        return artifact(source, Optional.empty(), time, List.of(pack(), pack()));
    }

    /** One a day from {@code start} on, oldest first; the store's clock stands at the day after the last. */
    List<ArtifactRef> days(Instant start, int count) throws BackupException {
        var refs = new ArrayList<ArtifactRef>();
        for (var number = 0; number < count; number++) {
            refs.add(artifactAt("host/a", start.plus(Duration.ofDays(number))));
        }
        store.at(start.plus(Duration.ofDays(count)));
        return refs;
    }

    /** Enters a recovery point. */
    void point(String run, RecoveryPoint.Status status, ArtifactRef... artifacts) throws BackupException {
        var standing = new HashSet<RecoveryPoint.Standing>();
        for (var ref : artifacts) {
            standing.add(new RecoveryPoint.Standing(
                    ref.source(),
                    ref.artifact(),
                    Optional.of(run),
                    ref.artifact().time(),
                    Sha256.of(memory.bytes(ref.object(ArtifactRef.MANIFEST))),
                    Proof.READ_BACK,
                    ref.artifact().time()));
        }
        new Ledger(repository)
                .append(
                        new RecoveryPoint(run, status, List.copyOf(standing), List.of(), List.of()),
                        Map.of(),
                        keys.shipper());
    }

    Pruning pruning(Policy policy, Duration grace) throws BackupException {
        return new Pruning(repository, Retention.of(policy), grace, Clock.fixed(store.now(), ZoneOffset.UTC));
    }

    PrunePlan prune(Policy policy, Duration grace) throws BackupException {
        return pruning(policy, grace).run(keys.operator(), "test", _ -> true);
    }

    Set<ArtifactRef> committed() throws BackupException {
        return Set.copyOf(new Artifacts(store).list());
    }

    /** Names of the packs that are there. */
    Set<String> packs() {
        return memory.objects.keySet().stream()
                .filter(PackSet::isPath)
                .map(PackSet::nameOf)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Names that the lists of condemned packs have now. */
    Set<String> condemned() {
        return memory.objects.entrySet().stream()
                .filter(object -> object.getKey().startsWith("condemned/"))
                .flatMap(object -> new String(object.getValue(), UTF_8).lines())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The names of the packs that {@code ref} needs. */
    Set<String> packsOf(ArtifactRef ref) {
        return new String(memory.bytes(ref.object(ArtifactRef.PACKS)), UTF_8)
                .lines()
                .map(line -> line.substring(0, line.indexOf(' ')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** A policy of these days. */
    static Policy daily(int days) {
        return new Policy(Map.of(Rule.DAILY, days), Optional.empty());
    }
}
