package org.clusterbackup.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clusterbackup.kubernetes.archive.ObjectArchive;
import org.clusterbackup.repository.BackupException;

/** The objects of an artifact, in a file that nobody else can read and that is deleted with it. */
record ObjectsFile(Path file, ObjectArchive archive) implements AutoCloseable {
    /** Writes the stream into a file. */
    interface Stream {
        void copyTo(Path file) throws BackupException, IOException;
    }

    /** @throws BackupException also {@code DAMAGED} if it holds what no dump writes */
    static ObjectsFile write(Path spool, Stream stream) throws BackupException, IOException {
        // Java makes temporary files with mode 0600.
        var file = Files.createTempFile(spool, "kubernetes-", ".tar");
        try {
            stream.copyTo(file);
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
