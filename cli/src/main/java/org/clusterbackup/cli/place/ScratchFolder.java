package org.clusterbackup.cli.place;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder that only this user can enter, for what is looked at and thrown away. Deleted by {@link #close}, and when the
 * program is ended by a signal that can be caught.
 */
public final class ScratchFolder implements AutoCloseable {
    private final Path path;
    private final AtExit atExit;
    private boolean kept;

    private ScratchFolder(Path path) {
        this.path = path;
        this.atExit = AtExit.remove(path, () -> Trees.delete(path));
    }

    /** @param prefix of its name */
    public static ScratchFolder below(Path spool, String prefix) throws IOException {
        // Java makes temporary folders with mode 0700.
        return new ScratchFolder(Files.createTempDirectory(spool.toAbsolutePath(), prefix));
    }

    public Path path() {
        return path;
    }

    /** Leaves it there for good. */
    public void keep() {
        kept = true;
        atExit.done();
    }

    @Override
    public void close() throws IOException {
        if (!kept) {
            Trees.delete(path);
            atExit.done();
        }
    }
}
