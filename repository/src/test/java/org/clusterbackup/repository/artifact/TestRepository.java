package org.clusterbackup.repository.artifact;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.chunk.ChunkingKey;
import org.clusterbackup.repository.crypto.AgeKeys;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.repository.store.ObjectStore;

/** A staging copy in a directory with keys of its own, and short ways to write and read artifacts in it. */
final class TestRepository {
    static final String ID = "0123456789abcdef0123456789abcdef";
    static final SourceName SOURCE = new SourceName("brick/gv0/0/node-a");

    private static final AgeKeys AGE = AgeKeys.generate();
    private static final SigningKey SIGNER = SigningKey.generate("test");

    final Path root;
    final ObjectStore store;
    final Path spool;
    final AllowedSigners signers;
    WriterOptions options;

    TestRepository(Path directory) {
        try {
            root = Files.createDirectories(directory.resolve("staging"));
            spool = directory.resolve("spool");
            store = new DirectoryStore(root);
            signers = AllowedSigners.parse("allowed_signers", "* " + SIGNER.publicKey() + "\n");
        } catch (IOException | BackupException e) {
            throw new IllegalStateException(e);
        }
        // Small packs, so that small streams have several.
        options = new WriterOptions(1 << 16, 1 << 20, 1, 2, spool, Duration.ofDays(90));
    }

    ArtifactWriters writers(ObjectStore target) throws BackupException {
        return new ArtifactWriters(
                target,
                target,
                ID,
                Envelope.to(AGE.recipients()),
                SIGNER,
                signers,
                new ChunkingKey(new byte[ChunkingKey.BYTES]),
                options);
    }

    static ArtifactRequest request(SourceName source, SourceName... siblings) {
        return new ArtifactRequest(
                source, Optional.of("nightly-1"), Instant.now().plusSeconds(60), List.of(siblings), 0);
    }

    static Origin origin() {
        return new Origin(
                ArtifactKind.STREAM, Optional.of("node-a"), new Tool("test", "1"), List.of(), JsonLayout.object());
    }

    Manifest write(byte[] stream) throws BackupException {
        return write(PlainSource.unproved(new ByteArrayInputStream(stream)), request(SOURCE), WriteListener.NONE);
    }

    Manifest write(SourceName source, byte[] stream, SourceName... siblings) throws BackupException {
        return write(
                PlainSource.unproved(new ByteArrayInputStream(stream)), request(source, siblings), WriteListener.NONE);
    }

    Manifest write(PlainSource source, ArtifactRequest request, WriteListener listener) throws BackupException {
        try (var writer = writers(store).begin(request, listener)) {
            writer.write(source);
            return writer.commit(origin());
        }
    }

    byte[] read(Manifest manifest) throws BackupException {
        return read(manifest, ReaderOptions.defaults(spool));
    }

    byte[] read(Manifest manifest, ReaderOptions readerOptions) throws BackupException {
        var out = new ByteArrayOutputStream();
        try (var reader = ArtifactReader.open(
                store, ID, signers, Envelope.openedBy(AGE.identity()), manifest.ref(), readerOptions)) {
            reader.copyTo(out, bytes -> {});
        }
        return out.toByteArray();
    }

    /** Files below the repository's root. */
    List<Path> files() throws IOException {
        try (var files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
