package org.clusterbackup.scheduler.staging;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.ArtifactRequest;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.Origin;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.artifact.PlainSource;
import org.clusterbackup.repository.artifact.ReaderOptions;
import org.clusterbackup.repository.artifact.Tool;
import org.clusterbackup.repository.artifact.WriteListener;
import org.clusterbackup.repository.copy.Copied;
import org.clusterbackup.repository.copy.Copier;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.CopyOptions;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.testing.TimedStore;
import org.clusterbackup.repository.verify.Finding;
import org.clusterbackup.repository.verify.Verifier;
import org.clusterbackup.repository.verify.VerifyOptions;
import org.clusterbackup.scheduler.run.RecoveryPoint;

/** Staging and targets with real artifacts, copies and ledgers; staging has a clock of its own. */
final class IndexOnlyLab {
    /** Staging keeps its index only, as long as {@link #indexOnly} says so. */
    static final SourceName HUGE = new SourceName("brick/huge/0/node-a");
    /** Another brick of its replica set. */
    static final SourceName SIBLING = new SourceName("brick/huge/0/node-b");
    /** Staging keeps its newest artifact whole. */
    static final SourceName WHOLE = new SourceName("host/node-a");

    static final Duration DAY = Duration.ofDays(1);

    final TimedStore store;
    final Repository staging;
    final TestRepository keys;
    final Path spool;
    private final Places places;
    private final Map<String, Repository> targets = new TreeMap<>();
    private final Map<String, Copier> copiers = new HashMap<>();
    /** By target and artifact: what shippers said is there. */
    private final Map<String, Map<String, String>> announced = new HashMap<>();
    /** What housekeeping takes for declared. */
    List<String> declared = List.of("a", "b");

    Predicate<String> indexOnly = source -> source.startsWith("brick/huge/");
    final Map<String, List<RecoveryPoint>> points = new HashMap<>();
    private final Manifests manifests;
    private final TestBackups backups;

    /** Where staging and targets lie. */
    @FunctionalInterface
    interface Places {
        ObjectStore of(String name) throws Exception;
    }

    static IndexOnlyLab onDirectories(Path folder) throws Exception {
        return new IndexOnlyLab(
                folder.resolve("spool"), name -> new DirectoryStore(Files.createDirectories(folder.resolve(name))));
    }

    IndexOnlyLab(Path spool, Places places) throws Exception {
        this.spool = spool;
        this.places = places;
        store = new TimedStore(places.of("staging"));
        keys = TestRepository.withNewKeys();
        staging = keys.staging(store);
        manifests = new Manifests(store, staging.description().repository(), keys.signers());
        backups = new TestBackups(keys, staging, spool);
        addTarget("a");
        addTarget("b");
    }

    void addTarget(String name) throws Exception {
        targets.put(name, keys.target(places.of(name), staging, name));
    }

    /** Staging's clock goes on, and something is stored then. */
    void pass(Duration time) throws BackupException {
        store.at(store.now().plus(time));
        store.replace("lock", Body.of("now"));
    }

    Manifest backUp(SourceName source, byte[] plain, SourceName... siblings) throws BackupException {
        var request = new ArtifactRequest(
                source, Optional.of("run"), Instant.now().plus(Duration.ofDays(1000)), List.of(siblings), plain.length);
        try (var writer = backups.writers().begin(request, WriteListener.NONE);
                var input = PlainSource.unproved(new ByteArrayInputStream(plain))) {
            writer.write(input);
            return writer.commit(new Origin(
                    ArtifactKind.STREAM, Optional.empty(), new Tool("test", "1"), List.of(), JsonLayout.object()));
        }
    }

    /** The same each time: it has read the ledger. */
    Copier copier(String target) throws BackupException {
        var known = copiers.get(target);
        var copier = known == null
                ? new Copier(staging, target(target), new CopyOptions(4, Duration.ZERO, spool, "shipper"))
                : known;
        copiers.put(target, copier);
        return copier;
    }

    Repository target(String name) {
        var target = targets.get(name);
        if (target == null) {
            throw new AssertionError(name);
        }
        return target;
    }

    Copied ship(Manifest artifact, String target) throws BackupException {
        var copied = copier(target).copy(artifact.ref(), CopyListener.NONE);
        announced
                .computeIfAbsent(target, _ -> new HashMap<>())
                .put(artifact.ref().toString(), copied.manifestSha256().hex());
        return copied;
    }

    /** Enters the newest artifact of each source that stands there, and tells the scheduler. */
    void point(String target) throws BackupException {
        var copier = copier(target);
        var newest = new TreeMap<SourceName, ArtifactRef>();
        new Artifacts(target(target).store()).list().forEach(ref -> newest.put(ref.source(), ref));
        var standings = new ArrayList<org.clusterbackup.repository.ledger.RecoveryPoint.Standing>();
        for (var ref : newest.values()) {
            standings.add(copier.standing(ref).standing());
        }
        var point = new org.clusterbackup.repository.ledger.RecoveryPoint(
                "run",
                org.clusterbackup.repository.ledger.RecoveryPoint.Status.COMPLETE,
                standings,
                List.of(),
                List.of());
        copier.ledger().append(point, Map.of(), keys.shipper());
        var proved = standings.stream()
                .map(standing -> new RecoveryPoint.Proved(
                        standing.source().value(),
                        standing.artifact().value(),
                        standing.run(),
                        standing.started(),
                        standing.manifestSha256(),
                        standing.proved()))
                .toList();
        points.computeIfAbsent(target, _ -> new ArrayList<>())
                .add(new RecoveryPoint(
                        "run", target, 1, Instant.EPOCH, "complete", "1-0", proved, List.of(), List.of()));
    }

    /** Ships it everywhere, and each target proves it. */
    Manifest everywhere(Manifest artifact) throws BackupException {
        for (var target : declared) {
            ship(artifact, target);
            point(target);
        }
        return artifact;
    }

    Housekeeping.Report sweep(Optional<Instant> requestedSince) throws BackupException {
        return housekeeping().sweep(copies(), requestedSince);
    }

    Housekeeping.Report sweep() throws BackupException {
        return sweep(Optional.empty());
    }

    Housekeeping housekeeping() {
        return new Housekeeping(
                store, manifests, new Housekeeping.Settings(declared, indexOnly, DAY, DAY, OptionalLong.empty()));
    }

    Copies copies() {
        var known = new HashMap<String, List<RecoveryPoint>>();
        points.forEach((target, list) -> known.put(target, List.copyOf(list)));
        var said = new HashMap<String, Map<String, String>>();
        announced.forEach((target, artifacts) -> said.put(target, Map.copyOf(artifacts)));
        return new Copies(known, said);
    }

    Set<String> inStaging() throws BackupException {
        return packsAt(store);
    }

    static Set<String> packsAt(ObjectStore store) throws BackupException {
        var packs = new TreeSet<String>();
        PackSet.list(store).forEach((name, _) -> packs.add(name));
        return packs;
    }

    /** Packs that it needs, in staging or not. */
    Set<String> packs(Manifest artifact) throws BackupException {
        var list = PackList.read(store, artifact);
        var packs = new HashSet<String>();
        for (var line = 1; line <= list.count(); line++) {
            packs.add(list.name(line).hex());
        }
        return packs;
    }

    List<Manifest> committed() throws BackupException {
        var committed = new ArrayList<Manifest>();
        for (var ref : new Artifacts(store).list()) {
            committed.add(manifests.read(ref).manifest());
        }
        return committed;
    }

    /** What is wrong there, in staging without those that are noted only. */
    List<Finding> errors(Repository repository) throws BackupException {
        var errors = new ArrayList<Finding>();
        var _ = Verifier.verify(
                repository.store(),
                keys.signers(),
                VerifyOptions.structure(spool).withReadData(VerifyOptions.Share.all()),
                finding -> {
                    if (finding.kind().isPresent()) {
                        errors.add(finding);
                    }
                });
        return errors;
    }

    byte[] restore(String target, ArtifactRef ref) throws BackupException {
        var out = new ByteArrayOutputStream();
        try (var reader = ArtifactReader.open(
                target(target).store(),
                staging.description().repository(),
                keys.signers(),
                Envelope.unsealed(),
                ref,
                ReaderOptions.defaults(spool))) {
            reader.copyTo(out, _ -> {});
        }
        return out.toByteArray();
    }
}
