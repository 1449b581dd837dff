package org.clusterbackup.cli.place;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A folder that only this user can enter, for what is looked at and thrown away. Deleted by {@link #close}, and when the
 * program is ended by a signal that can be caught.
 */
public final class ScratchFolder implements AutoCloseable {
    private static final int ATTEMPTS = 5;

    private final Path path;
    private final Thread atExit = new Thread(this::discard);
    private boolean kept;

    private ScratchFolder(Path path) {
        this.path = path;
    }

    /** @param prefix of its name */
    public static ScratchFolder below(Path spool, String prefix) throws IOException {
        // Java makes temporary folders with mode 0700.
        var made = new ScratchFolder(Files.createTempDirectory(spool.toAbsolutePath(), prefix));
        Runtime.getRuntime().addShutdownHook(made.atExit);
        return made;
    }

    public Path path() {
        return path;
    }

    /** Leaves it there for good. */
    public void keep() {
        kept = true;
        forget();
    }

    @Override
    public void close() throws IOException {
        if (!kept) {
            delete(path);
            forget();
        }
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The program is being ended: the hook finds nothing left.
        }
    }

    /** At a signal: whatever this program started and has not ended writes no more. */
    private void discard() {
        for (var attempt = 0; attempt < ATTEMPTS && Files.exists(path); attempt++) {
            ProcessHandle.current().descendants().forEach(child -> {
                child.destroyForcibly();
                child.onExit().join();
            });
            try {
                delete(path);
            } catch (IOException e) {
                // The thread that is being ended may have written or deleted something meanwhile.
            }
        }
    }

    /** Deletes a tree, and follows no link; one that is not there is no error. */
    public static void delete(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
