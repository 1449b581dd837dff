package org.clusterbackup.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.clusterbackup.cli.place.ScratchFolder;
import org.clusterbackup.kubernetes.archive.ObjectArchive;
import org.clusterbackup.repository.BackupException;

/** The objects of an artifact, in a file that nobody else can read and that is deleted with it, at a signal too. */
record ObjectsFile(ScratchFolder folder, ObjectArchive archive) implements AutoCloseable {
    /** Writes the stream into a file. */
    interface Stream {
        void copyTo(Path file) throws BackupException, IOException;
    }

    /** @throws BackupException also {@code DAMAGED} if it holds what no dump writes */
    static ObjectsFile write(Path spool, Stream stream) throws BackupException, IOException {
        var folder = ScratchFolder.below(spool, "kubernetes-");
        try {
            var file = folder.path().resolve("objects.tar");
            stream.copyTo(file);
            return new ObjectsFile(folder, ObjectArchive.open(file));
        } catch (BackupException | IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        archive.close();
        folder.close();
    }
}
