package org.clusterbackup.repository.artifact;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** A directory of working files that goes when it is closed. Thread-safe. */
final class Spool implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Path directory;

    private Spool(Path directory) {
        this.directory = directory;
    }

    /** Makes a directory of its own below {@code parent}, which is made too. */
    static Spool below(Path parent) throws BackupException {
        try {
            Files.createDirectories(parent);
            return new Spool(Files.createTempDirectory(parent, "clusterbackup-"));
        } catch (IOException e) {
            throw failure(parent, e);
        }
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    OutputStream write(String name) throws IOException {
        return new BufferedOutputStream(Files.newOutputStream(file(name)), BUFFER);
    }

    /** What an operator is told when a working file cannot be written or read. */
    BackupException failure(IOException cause) {
        return failure(directory, cause);
    }

    private static BackupException failure(Path directory, IOException cause) {
        var text = cause instanceof FileSystemException file ? String.valueOf(file.getReason()) : cause.getMessage();
        var full = String.valueOf(text).contains("No space left")
                || String.valueOf(text).contains("quota");
        return full
                ? new BackupException(Kind.NO_SPACE, "no space for working files in " + directory, cause)
                        .withHint("make space there, or name another spool directory")
                : new BackupException(Kind.FAILED, "cannot use working files in " + directory + ": " + cause, cause);
    }

    @Override
    public void close() {
        try (var files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(Spool::delete);
        } catch (IOException e) {
            // What is left is only working files; the next owner of the directory sweeps them.
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // as above
        }
    }
}
