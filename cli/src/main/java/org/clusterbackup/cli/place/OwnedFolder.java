package org.clusterbackup.cli.place;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A working folder whose owner lives as long as a file in it is locked: the kernel frees the lock however a process ends, so
 * the next one can tell what a dead one left, also one in another container that has the same spool.
 */
public final class OwnedFolder implements AutoCloseable {
    private static final String OWNER = "owner";
    /** A process that opens and closes a file which it has locked loses the lock. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private OwnedFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    public static OwnedFolder make(Path spool, String prefix) throws IOException {
        // Java makes temporary folders with mode 0700.
        var path = Files.createTempDirectory(spool.toRealPath(), prefix);
        OWN.add(path);
        // Locked before it has the name that others look for.
        var unnamed = path.resolve(OWNER + ".new");
        var lock = FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        lock.lock();
        Files.move(unnamed, path.resolve(OWNER), StandardCopyOption.ATOMIC_MOVE);
        return new OwnedFolder(path, lock);
    }

    public Path path() {
        return path;
    }

    /** Others of the same user, beside this one, whose owner is dead; nobody else may have made what is in them. */
    public List<Path> deserted(String prefix) throws IOException {
        var found = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(path.resolveSibling(""), prefix + "*")) {
            for (var other : entries) {
                if (!OWN.contains(other) && isOfThisUserAlone(other) && isDeserted(other)) {
                    found.add(other);
                }
            }
        }
        return found;
    }

    private boolean isOfThisUserAlone(Path other) throws IOException {
        return Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(other, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(path))
                && Files.getPosixFilePermissions(other, LinkOption.NOFOLLOW_LINKS)
                        .equals(PosixFilePermissions.fromString("rwx------"));
    }

    private static boolean isDeserted(Path other) throws IOException {
        var owner = other.resolve(OWNER);
        if (!Files.isRegularFile(owner, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (var channel = FileChannel.open(owner, StandardOpenOption.WRITE);
                var free = channel.tryLock()) {
            return free != null;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Takes away what makes {@code folder} an owned one; the folder itself if nothing else is in it. */
    public static void remove(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(OWNER));
        Files.deleteIfExists(folder);
    }

    @Override
    public void close() throws IOException {
        lock.close();
        OWN.remove(path);
    }
}
