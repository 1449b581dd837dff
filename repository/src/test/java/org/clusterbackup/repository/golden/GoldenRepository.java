package org.clusterbackup.repository.golden;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Proof;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.RepositoryPlan;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.ArtifactRequest;
import org.clusterbackup.repository.artifact.ArtifactWriters;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Origin;
import org.clusterbackup.repository.artifact.PlainSource;
import org.clusterbackup.repository.artifact.Tool;
import org.clusterbackup.repository.artifact.WriteListener;
import org.clusterbackup.repository.artifact.WriterOptions;
import org.clusterbackup.repository.chunk.ChunkingKey;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.KeysDirectory;
import org.clusterbackup.repository.crypto.Recipients;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * {@code GoldenRepository DIRECTORY} made {@code golden-v1}: run once for each format version and committed, never made
 * anew. It leaves {@code keys}, {@code staging}, {@code target} and {@code streams}: an artifact and the digest of its
 * plain stream a line.
 */
public final class GoldenRepository {
    private static final SourceName BRICK = new SourceName("brick/gv0/0/node-a");
    private static final SourceName HOST = SourceName.of("host", "Node A");
    private static final SourceName EMPTY = new SourceName("provisioner/empty");
    private static final TargetName TARGET = new TargetName("golden");
    /** The least that holds the longest chunk, so that a small stream has several packs. */
    private static final int PACK = 1 << 18;

    private final Path directory;
    private final KeysDirectory keys;
    private final AllowedSigners signers;
    private final StringBuilder streams = new StringBuilder();

    private GoldenRepository(Path directory) throws BackupException {
        this.directory = directory;
        keys = KeysDirectory.generate(directory.resolve("keys"), List.of(TARGET.value()));
        signers = AllowedSigners.read(keys.allowedSigners());
    }

    public static void main(String[] args) throws Exception {
        new GoldenRepository(Path.of(args[0])).make();
    }

    private void make() throws Exception {
        var operator = SigningKey.read(keys.signingKey("operator"));
        var recipients = Recipients.read(keys.recipients());
        var plan = RepositoryPlan.fresh(Optional.empty(), Encryption.AGE, recipients.values())
                .withChunking(RepositoryPlan.DEFAULT_CHUNK_AVERAGE_BYTES, PACK);
        try (var store = store("staging");
                var copy = store("target")) {
            var staging = Repository.init(store, plan, operator, signers);
            var target = Repository.init(
                    copy, RepositoryPlan.sameAs(staging.description(), Optional.of(TARGET)), operator, signers);
            var standings = artifacts(staging, recipients);
            copy(staging.store(), target.store());
            new Ledger(target)
                    .append(
                            new RecoveryPoint(
                                    "nightly-2", RecoveryPoint.Status.COMPLETE, standings, List.of(), List.of()),
                            Map.of(),
                            SigningKey.read(keys.signingKey("shipper-" + TARGET.value())));
        }
        Files.writeString(directory.resolve("streams"), streams);
    }

    private DirectoryStore store(String name) throws Exception {
        return new DirectoryStore(Files.createDirectories(directory.resolve(name)));
    }

    private List<RecoveryPoint.Standing> artifacts(Repository staging, Recipients recipients) throws Exception {
        var lines = new StringBuilder();
        for (var i = 0; i < 60_000; i++) {
            lines.append("line ")
                    .append(i)
                    .append(" of a golden stream ")
                    .append(i * 7919 % 10_007)
                    .append('\n');
        }
        write(staging, recipients, BRICK, "nightly-1", "brick-agent", lines.toString());
        lines.insert(500_000, "here something was put in\n");
        var all = new ArrayList<RecoveryPoint.Standing>();
        all.add(write(staging, recipients, BRICK, "nightly-2", "brick-agent", lines.toString()));
        all.add(write(staging, recipients, HOST, "nightly-2", "brick-agent", "the state of a host"));
        all.add(write(staging, recipients, EMPTY, "nightly-2", "provisioner", ""));
        return all;
    }

    private RecoveryPoint.Standing write(
            Repository staging, Recipients recipients, SourceName source, String run, String role, String stream)
            throws Exception {
        var bytes = stream.getBytes(StandardCharsets.UTF_8);
        var spool = Files.createTempDirectory("golden");
        var writers = new ArtifactWriters(
                staging.store(),
                staging.store(),
                staging.description().repository(),
                Envelope.to(recipients),
                SigningKey.read(keys.signingKey(role)),
                signers,
                ChunkingKey.read(keys.chunkingKey()),
                WriterOptions.of(staging.description(), spool));
        var request =
                new ArtifactRequest(source, Optional.of(run), Instant.now().plusSeconds(60), List.of(), bytes.length);
        Manifest manifest;
        try (var writer = writers.begin(request, WriteListener.NONE)) {
            writer.write(PlainSource.unproved(new ByteArrayInputStream(bytes)));
            manifest = writer.commit(new Origin(
                    ArtifactKind.STREAM,
                    Optional.of("node-a"),
                    new Tool("golden", "1"),
                    List.of("a warning, \"quoted\""),
                    JsonLayout.object().put("volume", "gv0")));
        }
        Files.delete(spool);
        streams.append(manifest.ref()).append(' ').append(Sha256.of(bytes)).append('\n');
        return new RecoveryPoint.Standing(
                source,
                manifest.ref().artifact(),
                Optional.of(run),
                manifest.started(),
                Sha256.of(manifest.toBytes()),
                Proof.READ_BACK,
                manifest.finished());
    }

    private static void copy(ObjectStore staging, ObjectStore target) throws Exception {
        var names = new ArrayList<String>();
        staging.list("packs", object -> names.add(object.name()));
        staging.list("artifacts", object -> names.add(object.name()));
        for (var name : names) {
            if (!name.endsWith("/" + ArtifactRef.INDEX)) {
                try (var in = staging.open(name)) {
                    target.create(name, Body.of(in.readAllBytes()));
                }
            }
        }
    }
}
