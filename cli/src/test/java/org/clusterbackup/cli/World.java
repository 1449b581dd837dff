package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Proof;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactRequest;
import org.clusterbackup.repository.artifact.ArtifactWriters;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.Origin;
import org.clusterbackup.repository.artifact.PlainSource;
import org.clusterbackup.repository.artifact.Tool;
import org.clusterbackup.repository.artifact.WriteListener;
import org.clusterbackup.repository.artifact.WriterOptions;
import org.clusterbackup.repository.chunk.ChunkingKey;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.KeysDirectory;
import org.clusterbackup.repository.crypto.Recipients;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.store.StoreOptions;
import org.clusterbackup.repository.store.Stores;

/** Keys, a staging repository and a target below one folder, made by the program itself. */
record World(Path root) {
    static final String TREE = "provisioner/site";
    static final String BRICK = "brick/gv0/0/node-a";

    /** @param encryption {@code age} or {@code none} */
    static World make(Path root, String encryption) {
        var world = new World(root);
        var keys = world.keys().toString();
        world.succeeds("keys", "generate", keys, "--target", "office");
        world.succeeds("init", "-r", world.staging().toString(), "--encryption", encryption);
        world.succeeds(
                "init",
                "-r",
                world.target().toString(),
                "--name",
                "office",
                "--same-as",
                world.staging().toString());
        return world;
    }

    private void succeeds(String... args) {
        var run = run(args);
        assertThat(run.code()).as("%s: %s", Arrays.asList(args), run.err()).isZero();
    }

    Invocation run(String... args) {
        return Invocation.in(environment(), args);
    }

    Map<String, String> environment() {
        return Map.of(
                "CLUSTERBACKUP_KEYS", keys().toString(),
                "CLUSTERBACKUP_REPOSITORY", staging().toString(),
                "CLUSTERBACKUP_SPOOL", root.toString());
    }

    Path keys() {
        return root.resolve("keys");
    }

    Path staging() {
        return root.resolve("staging");
    }

    Path target() {
        return root.resolve("target");
    }

    /** Some files that hardly compress, about a megabyte, and their tar as an artifact of {@link #TREE}. */
    Path storeTree() throws IOException {
        var tree = Files.createDirectories(root.resolve("tree/deep"));
        var random = new Random(7);
        for (var i = 0; i < 4; i++) {
            var bytes = new byte[250_000 + i];
            random.nextBytes(bytes);
            Files.write(tree.resolve("file-" + i), bytes);
        }
        Files.createSymbolicLink(tree.resolve("link"), Path.of("file-0"));
        succeeds("store", "--source", TREE, root.resolve("tree").toString());
        return tree;
    }

    Manifest storeBytes(String source, ArtifactKind kind, byte[] bytes) throws BackupException {
        return store(source, kind, PlainSource.unproved(new ByteArrayInputStream(bytes)), JsonLayout.object());
    }

    Manifest store(String source, ArtifactKind kind, InputStream stream, ObjectNode details) throws BackupException {
        return store(source, kind, PlainSource.unproved(stream), details);
    }

    private Manifest store(String source, ArtifactKind kind, PlainSource stream, ObjectNode details)
            throws BackupException {
        var files = new KeysDirectory(keys());
        var signers = AllowedSigners.read(files.allowedSigners());
        try (var store = Stores.open(staging().toString(), StoreOptions.defaults())) {
            var description = Repository.open(store, signers).description();
            var envelope = description.recipients().isEmpty()
                    ? Envelope.unsealed()
                    : Envelope.to(Recipients.read(files.recipients()));
            var writers = new ArtifactWriters(
                    store,
                    store,
                    description.repository(),
                    envelope,
                    SigningKey.read(files.signingKey("operator")),
                    signers,
                    ChunkingKey.read(files.chunkingKey()),
                    WriterOptions.of(description, root));
            var request = new ArtifactRequest(
                    new SourceName(source), Optional.empty(), Instant.now().plusSeconds(3600), List.of(), 0);
            try (var writer = writers.begin(request, WriteListener.NONE)) {
                writer.write(stream);
                return writer.commit(new Origin(kind, Optional.empty(), new Tool("test", "1"), List.of(), details));
            }
        }
    }

    /** The newest of each source, at the target, as a recovery point of {@code run}. */
    void enterRecoveryPoint(String run) throws BackupException {
        succeeds("copy", staging().toString(), target().toString());
        var files = new KeysDirectory(keys());
        try (var store = Stores.open(target().toString(), StoreOptions.defaults())) {
            var repository = Repository.open(store, AllowedSigners.read(files.allowedSigners()));
            var manifests = new Manifests(store, repository.description().repository(), repository.signers());
            var newest = new HashMap<String, RecoveryPoint.Standing>();
            for (var ref : new Artifacts(store).list()) {
                var read = manifests.read(ref);
                newest.put(
                        ref.source().value(),
                        new RecoveryPoint.Standing(
                                ref.source(),
                                ref.artifact(),
                                Optional.empty(),
                                read.manifest().started(),
                                read.sha256(),
                                Proof.REMOTE_DIGEST,
                                Instant.now()));
            }
            new Ledger(repository)
                    .append(
                            new RecoveryPoint(
                                    run,
                                    RecoveryPoint.Status.COMPLETE,
                                    List.copyOf(newest.values()),
                                    List.of(),
                                    List.of()),
                            Map.of(),
                            SigningKey.read(files.signingKey("shipper-office")));
        }
    }

    /** The same in another folder, to be damaged. */
    World copyTo(Path other) {
        try (var all = Files.walk(root)) {
            for (var path : all.toList()) {
                var to = other.resolve(root.relativize(path).toString());
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(path, to, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
                }
            }
            return new World(other);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Files of staging whose path there matches, in order. */
    List<Path> files(Predicate<String> matching) {
        try (var all = Files.walk(staging())) {
            return new ArrayList<>(all.filter(Files::isRegularFile)
                    .filter(file -> matching.test(staging().relativize(file).toString()))
                    .sorted()
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void flip(Path file, int at) {
        try {
            var bytes = Files.readAllBytes(file);
            bytes[Math.floorMod(at, bytes.length)] ^= 1;
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
