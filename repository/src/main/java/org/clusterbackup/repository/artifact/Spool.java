package org.clusterbackup.repository.artifact;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * A directory of working files that goes when it is closed. Its owner holds a lock in it, so that what a killed process
 * left behind is known and swept by the next one that works at the same place. Thread-safe.
 */
public final class Spool implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    private static final String PREFIX = "clusterbackup-";
    private static final String LOCK = "lock";
    private static final String FETCHED = "fetched-";

    /** Of this process: to look at their locks would give these up, as POSIX has it when any channel is closed. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    /** A thread that is being ended may write a file while its directory is deleted. */
    private static final int ATTEMPTS = 20;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Spool::deleteOwn));
    }

    private static volatile boolean ending;

    private final Path directory;
    private final FileChannel lock;

    private Spool(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /** Makes a directory of its own below {@code parent}, which is made too; one at a time, as it sweeps beside others. */
    public static synchronized Spool below(Path parent) throws BackupException {
        try {
            // One spelling of each directory: another process may delete one while it is looked at.
            var real = Files.createDirectories(parent).toRealPath();
            sweep(real);
            var directory = Files.createTempDirectory(real, PREFIX);
            OWN.add(directory);
            var lock =
                    FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            lock.lock();
            return new Spool(directory, lock);
        } catch (IOException e) {
            throw failure(parent, e);
        }
    }

    private static void sweep(Path parent) throws IOException {
        try (var left = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (var directory : left) {
                if (!OWN.contains(directory) && abandoned(directory.resolve(LOCK))) {
                    delete(directory);
                }
            }
        }
    }

    /** One without a lock file is another's that is just being made, or nothing of ours. */
    private static boolean abandoned(Path file) {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE);
                var free = channel.tryLock()) {
            return free != null && channel.size() == 0 && !fresh(file);
        } catch (OverlappingFileLockException | IOException e) {
            return false;
        }
    }

    /** Between the making of the file and its lock it looks abandoned. */
    private static boolean fresh(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toMillis() > System.currentTimeMillis() - 10_000;
    }

    /**
     * The object {@code name} of {@code store} as a working file, when it has the digest that was signed.
     *
     * @throws BackupException {@code DAMAGED} if it is missing or has another digest, or what the store throws
     */
    public Path fetch(ObjectStore store, String name, Sha256 wanted) throws BackupException {
        var file = file(FETCHED + name.substring(name.lastIndexOf('/') + 1));
        var digest = Sha256.newDigest();
        try (var in = open(store, name);
                var out = Files.newOutputStream(file)) {
            var buffer = new byte[BUFFER];
            for (var n = read(store, name, in, buffer); n >= 0; n = read(store, name, in, buffer)) {
                digest.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            throw failure(e);
        }
        if (!Sha256.of(digest).equals(wanted)) {
            throw new BackupException(
                    Kind.DAMAGED, name + " at " + store.location() + " has not the digest that was signed");
        }
        return file;
    }

    private static InputStream open(ObjectStore store, String name) throws BackupException {
        try {
            return store.open(name);
        } catch (BackupException e) {
            throw e.kind() == Kind.NOT_FOUND
                    ? new BackupException(Kind.DAMAGED, name + " is missing at " + store.location(), e)
                    : e;
        }
    }

    private static int read(ObjectStore store, String name, InputStream in, byte[] buffer) throws BackupException {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            throw store.broken(name, e);
        }
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    OutputStream write(String name) throws IOException {
        return new BufferedOutputStream(Files.newOutputStream(file(name)), BUFFER);
    }

    /** What an operator is told when a working file cannot be written or read. */
    public BackupException failure(IOException cause) {
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
        delete(directory);
        try {
            lock.close();
        } catch (IOException e) {
            // The lock goes with the process.
        }
        OWN.remove(directory);
    }

    /**
     * Whether the process was told to end: working files vanish then while somebody uses them, and what fails by that says
     * nothing of the work.
     */
    public static boolean ending() {
        return ending;
    }

    /** At a signal that can be caught: what is not closed then. */
    private static void deleteOwn() {
        ending = true;
        for (var attempt = 0; attempt < ATTEMPTS && OWN.stream().anyMatch(Files::exists); attempt++) {
            OWN.forEach(Spool::delete);
        }
    }

    private static void delete(Path directory) {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // What is left is only working files; the next one here sweeps them.
        }
    }
}
