package org.clusterbackup.repository.retention;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.ArtifactWriters;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.DatedArtifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.artifact.ReaderOptions;
import org.clusterbackup.repository.artifact.WriterOptions;
import org.clusterbackup.repository.chunk.ChunkingKey;
import org.clusterbackup.repository.copy.Copied;
import org.clusterbackup.repository.copy.Copier;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.CopyOptions;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.clusterbackup.repository.store.testing.TimedStore;
import org.clusterbackup.repository.verify.Finding;
import org.clusterbackup.repository.verify.Verifier;
import org.clusterbackup.repository.verify.VerifyOptions;

/** Staging and a target with real artifacts, whose clocks go as the test says. */
final class RealTarget {
    final TestRepository keys = TestRepository.withNewKeys();
    final TimedStore store;
    final Repository staging;
    final Repository target;
    private final TimedStore stagingStore = new TimedStore(new MemoryStore());
    private final Path spool;

    RealTarget(ObjectStore place, Path spool) throws BackupException {
        this.spool = spool;
        store = new TimedStore(place);
        staging = keys.staging(stagingStore);
        target = keys.target(store, staging, "tape");
    }

    void at(Instant time) {
        store.at(time);
        stagingStore.at(time);
    }

    /** Packs are never too old to be used again, since the clocks here are not the machine's. */
    ArtifactWriters writers(ObjectStore to, ObjectStore indexes) {
        var options = new WriterOptions(1 << 16, TestRepository.PACK_BYTES, 1, 2, spool, Duration.ofDays(100_000));
        return new ArtifactWriters(
                to,
                indexes,
                staging.description().repository(),
                Envelope.unsealed(),
                keys.agent(),
                keys.signers(),
                new ChunkingKey(new byte[ChunkingKey.BYTES]),
                options);
    }

    Manifest backUp(String source, String run, Instant started, byte[] plain) throws BackupException {
        return DatedArtifacts.store(
                writers(stagingStore, stagingStore), new SourceName(source), Optional.of(run), started, plain);
    }

    /** It lists the target for each artifact, since the clocks here go faster than the machine's. */
    Copier copier() throws BackupException {
        return new Copier(staging, target, new CopyOptions(4, Duration.ZERO, spool, "shipper"));
    }

    Copied ship(Manifest artifact) throws BackupException {
        return copier().copy(artifact.ref(), CopyListener.NONE);
    }

    /** By a machine whose clock is the store's. */
    Pruning pruning(Policy policy, Duration grace) throws BackupException {
        return pruning(Retention.of(policy), grace);
    }

    Pruning pruning(Retention retention, Duration grace) throws BackupException {
        InstantSource storeTime = store::now;
        return new Pruning(target, retention, grace, storeTime.withZone(ZoneOffset.UTC));
    }

    PrunePlan prune(Policy policy, Duration grace) throws BackupException {
        return pruning(policy, grace).run(keys.operator(), "test", _ -> true);
    }

    Set<ArtifactRef> committed() throws BackupException {
        return Set.copyOf(new Artifacts(store).list());
    }

    /** The plain stream, every pack of it proved. */
    byte[] restore(ArtifactRef ref) throws BackupException {
        var out = new ByteArrayOutputStream();
        try (var reader = ArtifactReader.open(
                store,
                target.description().repository(),
                keys.signers(),
                Envelope.unsealed(),
                ref,
                ReaderOptions.defaults(spool))) {
            reader.copyTo(out, _ -> {});
        }
        return out.toByteArray();
    }

    /** What the repository's own verifier finds wrong when it reads everything. */
    List<Finding> errors() throws BackupException {
        var errors = new ArrayList<Finding>();
        var report = Verifier.verify(
                store,
                keys.signers(),
                VerifyOptions.structure(spool).withReadData(VerifyOptions.Share.all()),
                finding -> {
                    if (finding.kind().isPresent()) {
                        errors.add(finding);
                    }
                });
        return report.errors() == errors.size() ? errors : List.of(new Finding(Optional.empty(), "", "miscounted"));
    }

    /** Stored bytes of all packs there. */
    long packBytes() throws BackupException {
        var sum = new long[1];
        PackSet.list(store).forEach((_, size) -> sum[0] += size);
        return sum[0];
    }

    /** Stored bytes of the packs that committed artifacts need, each once. */
    long neededBytes() throws BackupException {
        var manifests = new Manifests(store, target.description().repository(), keys.signers());
        var seen = new HashSet<String>();
        var sum = 0L;
        for (var ref : committed()) {
            var list = PackList.read(store, manifests.read(ref).manifest());
            for (var line = 1; line <= list.count(); line++) {
                sum += seen.add(list.name(line).hex()) ? list.size(line) : 0;
            }
        }
        return sum;
    }

    static Policy policy(Map<Rule, Integer> counts) {
        return new Policy(counts, Optional.empty());
    }
}
