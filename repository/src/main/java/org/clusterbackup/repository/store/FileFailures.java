package org.clusterbackup.repository.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;

/** Says what a failure of the file system means to an operator. */
final class FileFailures {
    private static final List<String> FULL = List.of("No space left", "Disk quota exceeded");
    private static final List<String> FORBIDDEN =
            List.of("Read-only file system", "Operation not permitted", "Permission denied");
    /** Less than this free is called full when the message, which follows the machine's language, does not say it. */
    private static final long FULL_BYTES = 1 << 16;

    private FileFailures() {}

    static BackupException of(String verb, String name, Path root, IOException e) {
        var what = verb + " " + name + " in " + root;
        return switch (kind(root, e)) {
            case NO_REPOSITORY -> missingRoot(root, e);
            case NO_SPACE -> new BackupException(Kind.NO_SPACE, what + ": no space left", e);
            case NOT_PERMITTED -> new BackupException(Kind.NOT_PERMITTED, what + ": " + reason(e), e);
            case NOT_FOUND -> new BackupException(Kind.NOT_FOUND, what + ": there is no such object", e);
            case Kind other -> new BackupException(other, what + ": " + reason(e), e);
        };
    }

    static BackupException missingRoot(Path root, IOException e) {
        return new BackupException(Kind.NO_REPOSITORY, "no directory " + root, e)
                .withHint("is the disk mounted? a repository is made with 'clusterbackup init'");
    }

    private static Kind kind(Path root, IOException e) {
        var text = reason(e);
        if (e instanceof ExactBody.BrokenException) {
            return Kind.FAILED;
        }
        if (e instanceof NoSuchFileException) {
            return Files.isDirectory(root) ? Kind.NOT_FOUND : Kind.NO_REPOSITORY;
        }
        if (text.contains("Not a directory")) {
            return Kind.NOT_FOUND;
        }
        if (FULL.stream().anyMatch(text::contains)) {
            return Kind.NO_SPACE;
        }
        if (e instanceof AccessDeniedException || FORBIDDEN.stream().anyMatch(text::contains)) {
            return Kind.NOT_PERMITTED;
        }
        return isFull(root) ? Kind.NO_SPACE : Kind.FAILED;
    }

    private static boolean isFull(Path root) {
        try {
            return Files.getFileStore(root).getUsableSpace() < FULL_BYTES;
        } catch (IOException e) {
            return false;
        }
    }

    private static String reason(IOException e) {
        return FileReason.of(e);
    }
}
