package org.clusterbackup.gluster.migrate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * Puts a state with new names in the old one's place: a whole copy is made and synced beside it, the old one is put aside and
 * kept, the new one takes its name. Killed at any instruction and run again, it goes on; done again, it finds nothing to do.
 *
 * @param root glusterd's working directory; no glusterd may use it
 */
public record Migration(Path root, NewNames names) {
    /** In a migrated state: what it was migrated by. Otherwise swapped names would be swapped back. */
    private static final String MARK = ".migrated";

    private static final String COPY = ".migrating";
    private static final String ASIDE = ".before-migration";
    /** Of migrations that were kept, above what anybody has. */
    private static final int MOST_KEPT = 1000;

    /** Whether the state already has the names of these rules. */
    public boolean isDone() throws BackupException {
        return marked(root);
    }

    private boolean marked(Path state) throws BackupException {
        try {
            var mark = state.resolve(MARK);
            return Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)
                    && Files.readString(mark).strip().equals(names.digest());
        } catch (IOException e) {
            throw failed("cannot read " + state.resolve(MARK), e);
        }
    }

    /**
     * Ends what was killed between putting the old state aside and the new one in place.
     *
     * @return whether there was such a one
     */
    public boolean resume() throws BackupException {
        if (Files.exists(root, LinkOption.NOFOLLOW_LINKS) || !Files.exists(copy(), LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        if (!marked(copy())) {
            throw new BackupException(
                            Kind.SOURCE_INCOMPLETE,
                            "there is no " + root + ", and " + copy() + " is not of these rules")
                    .withHint("the state before it is " + sibling(ASIDE) + ": move it back to " + root);
        }
        try {
            Files.move(copy(), root, StandardCopyOption.ATOMIC_MOVE);
            StateCopy.force(StateCopy.parent(root));
            return true;
        } catch (IOException e) {
            throw failed("cannot put " + copy() + " in place", e);
        }
    }

    /**
     * Does what the plan says.
     *
     * @return where the old state is kept
     * @throws BackupException {@code BUSY} if somebody else is at it; after any other the old state is in place, as it was
     */
    public Path apply(MigrationPlan plan) throws BackupException {
        // Held by this process alone, it vanishes with it.
        try (var channel = FileChannel.open(root.resolve("glusterd.info"), StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            if (lock == null) {
                throw busy();
            }
            StateCopy.delete(copy());
            return replace(plan);
        } catch (OverlappingFileLockException e) {
            throw busy();
        } catch (IOException e) {
            throw failed("cannot migrate " + root, e);
        }
    }

    /** Writes what {@link #apply} would put in place to a new folder, for looking at; that has what passwords the state has. */
    public void preview(MigrationPlan plan, Path folder) throws BackupException {
        try {
            StateCopy.write(plan, folder);
        } catch (IOException e) {
            throw failed("cannot write " + folder, e);
        }
    }

    private BackupException busy() {
        return new BackupException(Kind.BUSY, root + " is being migrated by another process");
    }

    private Path replace(MigrationPlan plan) throws BackupException, IOException {
        try {
            StateCopy.write(plan, copy());
            Files.writeString(copy().resolve(MARK), names.digest() + "\n");
            StateCopy.force(copy().resolve(MARK));
            StateCopy.force(copy());
            var aside = aside();
            Files.move(root, aside, StandardCopyOption.ATOMIC_MOVE);
            takePlace(aside);
            return aside;
        } catch (BackupException | IOException | RuntimeException e) {
            dropCopy(e);
            throw e;
        }
    }

    private void takePlace(Path aside) throws IOException {
        try {
            Files.move(copy(), root, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.move(aside, root, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
        StateCopy.force(StateCopy.parent(root));
    }

    private void dropCopy(Exception failure) {
        try {
            StateCopy.delete(copy());
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private Path copy() {
        return sibling(COPY);
    }

    private Path sibling(String ending) {
        return root.resolveSibling(root.getFileName() + ending);
    }

    private Path aside() throws BackupException {
        for (var i = 1; i < MOST_KEPT; i++) {
            var free = sibling(ASIDE + (i == 1 ? "" : "-" + i));
            if (!Files.exists(free, LinkOption.NOFOLLOW_LINKS)) {
                return free;
            }
        }
        throw new BackupException(Kind.TARGET_UNFIT, "too many old states are kept beside " + root)
                .withHint("remove those that are not needed any more");
    }

    private static BackupException failed(String what, IOException e) {
        var reason = String.valueOf(e.getMessage());
        if (reason.contains("No space left")) {
            return new BackupException(Kind.NO_SPACE, what + ": no space left", e);
        }
        return reason.contains("resource busy")
                ? new BackupException(Kind.TARGET_UNFIT, what + ": it is a mount point", e)
                        .withHint("run it where the folder itself lies, and give it by --glusterd")
                : new BackupException(Kind.FAILED, what + ": " + e, e);
    }
}
