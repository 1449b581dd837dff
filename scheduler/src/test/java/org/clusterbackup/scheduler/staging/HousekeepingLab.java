package org.clusterbackup.scheduler.staging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.scheduler.run.RecoveryPoint;

/** Housekeeping on a real directory with real artifacts; time is what the files say. */
abstract class HousekeepingLab {
    static final SourceName SOURCE = new SourceName("brick/gv0/0/node-a");
    static final Duration DAY = Duration.ofDays(1);

    final Path folder;
    final DirectoryStore store;
    final Manifests manifests;
    final TestBackups backups;

    /** By target and artifact: what shippers said is there. */
    final Map<String, Map<String, String>> announced = new HashMap<>();

    OptionalLong capacity = OptionalLong.empty();

    HousekeepingLab(Path folder) throws Exception {
        this.folder = folder;
        store = new DirectoryStore(Files.createDirectories(folder.resolve("staging")));
        var keys = TestRepository.withNewKeys();
        var staging = keys.staging(folder.resolve("staging"));
        manifests = new Manifests(store, staging.description().repository(), keys.signers());
        backups = new TestBackups(keys, staging, folder.resolve("spool"));
    }

    final Manifest write(long seed) throws Exception {
        return backups.store(SOURCE.value(), "run-" + seed, TestBackups.bytes(300_000, seed));
    }

    final RecoveryPoint point(String target, Manifest... artifacts) throws Exception {
        var proved = new ArrayList<RecoveryPoint.Proved>();
        for (var artifact : artifacts) {
            proved.add(new RecoveryPoint.Proved(
                    SOURCE.value(),
                    artifact.ref().artifact().value(),
                    artifact.run(),
                    artifact.started(),
                    manifests.read(artifact.ref()).sha256(),
                    artifact.finished()));
        }
        return new RecoveryPoint("run", target, 1, Instant.EPOCH, "complete", "1-0", proved, List.of(), List.of());
    }

    final Housekeeping.Report sweep(Optional<Instant> writingSince, RecoveryPoint... points) throws Exception {
        var byTarget = new HashMap<String, List<RecoveryPoint>>();
        for (var point : points) {
            byTarget.put(point.target(), List.of(point));
        }
        return new Housekeeping(
                        store, manifests, new Housekeeping.Settings(List.of("a", "b"), _ -> false, DAY, DAY, capacity))
                .sweep(new Copies(byTarget, announced), writingSince);
    }

    final Housekeeping.Report sweep(RecoveryPoint... points) throws Exception {
        return sweep(Optional.empty(), points);
    }

    /** Makes everything that is there older, and stores one thing now: the store's clock has gone on. */
    final void pass(Duration time) throws IOException {
        try (var files = Files.walk(folder.resolve("staging"))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var older = Files.getLastModifiedTime(file).toInstant().minus(time);
                Files.setLastModifiedTime(file, FileTime.from(older));
            }
        }
        try {
            store.replace("lock", Body.of("now"));
        } catch (BackupException e) {
            throw new IOException(e);
        }
    }

    final boolean committed(Manifest artifact) throws Exception {
        return store.stat(artifact.ref().object("manifest.json")).isPresent();
    }

    final boolean packsAreThere(List<String> packs) throws Exception {
        var listed = PackSet.list(store);
        return packs.stream().allMatch(listed::contains);
    }

    final List<String> packs(Manifest artifact) {
        var list = readPacks(artifact);
        return IntStream.rangeClosed(1, list.count())
                .mapToObj(line -> list.name(line).hex())
                .toList();
    }

    final PackList readPacks(Manifest artifact) {
        try {
            return PackList.read(store, artifact);
        } catch (BackupException e) {
            throw new AssertionError(e);
        }
    }

    final void announce(String target, Manifest artifact) throws Exception {
        announced
                .computeIfAbsent(target, _ -> new HashMap<>())
                .put(
                        artifact.ref().toString(),
                        manifests.read(artifact.ref()).sha256().hex());
    }
}
