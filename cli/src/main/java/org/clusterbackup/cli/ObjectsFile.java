package org.clusterbackup.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clusterbackup.kubernetes.archive.ObjectArchive;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** The objects of an artifact, in a file that nobody else can read and that is deleted with it. */
record ObjectsFile(Path file, ObjectArchive archive) implements AutoCloseable {
    /** Writes the stream into an open file. */
    interface Stream {
        void copyTo(OutputStream out) throws BackupException;
    }

    /** @throws BackupException also {@code DAMAGED} if it holds what no dump writes */
    static ObjectsFile write(Path spool, Stream stream) throws BackupException, IOException {
        // Java makes temporary files with mode 0600.
        var file = Files.createTempFile(spool, "kubernetes-", ".tar");
        try {
            try (var out = Files.newOutputStream(file)) {
                stream.copyTo(out);
            } catch (BackupException e) {
                if (e.kind() == Kind.FAILED && e.getCause() instanceof IOException) {
                    throw new BackupException(Kind.NO_SPACE, "cannot write to " + spool + ": " + e.getMessage(), e)
                            .withHint("choose another place with --spool");
                }
                throw e;
            }
            return new ObjectsFile(file, ObjectArchive.open(file));
        } catch (BackupException | IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        archive.close();
        Files.deleteIfExists(file);
    }
}
