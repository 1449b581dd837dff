package org.clusterbackup.repository.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.DirEntry;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Visits every file below a folder; several folders are under way at once, since each costs four round trips. */
final class SftpWalk {
    private static final int FOLDERS_AT_ONCE = 8;
    /** Belongs to the file system, and only root may read it. */
    private static final String LOST_AND_FOUND = "lost+found";

    private final SftpClient sftp;
    private final String root;
    private final Consumer<ObjectInfo> each;
    private final Semaphore atOnce = new Semaphore(FOLDERS_AT_ONCE);
    private final ReentrantLock oneCaller = new ReentrantLock();

    SftpWalk(SftpClient sftp, String root, Consumer<ObjectInfo> each) {
        this.sftp = sftp;
        this.root = root;
        this.each = each;
    }

    /** Calls the consumer one at a time, from any thread. */
    void walk(String folder) throws IOException, BackupException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            walk(folder, threads);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted while listing " + root, e);
        }
    }

    static ObjectInfo info(String name, SftpClient.Attributes attributes) {
        return new ObjectInfo(
                name, attributes.getSize(), attributes.getModifyTime().toInstant());
    }

    /** The entries of a folder, page by page, without its links to itself and its parent. */
    static void entries(SftpClient sftp, String root, String folder, Consumer<DirEntry> each) throws IOException {
        try (var handle = sftp.openDir(root + "/" + folder)) {
            for (var page = sftp.readDir(handle); page != null; page = sftp.readDir(handle)) {
                for (var entry : page) {
                    var name = entry.getFilename();
                    if (!name.equals(".") && !name.equals("..") && !(folder.isEmpty() && name.equals(LOST_AND_FOUND))) {
                        each.accept(entry);
                    }
                }
            }
        }
    }

    private void walk(String folder, ExecutorService threads)
            throws IOException, BackupException, InterruptedException {
        var below = new ArrayList<Future<?>>();
        for (var name : visit(folder)) {
            below.add(threads.submit(() -> {
                walk(name, threads);
                return null;
            }));
        }
        for (var task : below) {
            await(task);
        }
    }

    private static void await(Future<?> task) throws IOException, BackupException, InterruptedException {
        try {
            task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case BackupException backup -> throw backup;
                case RuntimeException runtime -> throw runtime;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    /** Returns the folders right below. */
    private List<String> visit(String folder) throws IOException, InterruptedException {
        var folders = new ArrayList<String>();
        atOnce.acquire();
        try {
            entries(sftp, root, folder, entry -> {
                var name = ObjectNames.join(folder, entry.getFilename());
                if (entry.getAttributes().isDirectory()) {
                    folders.add(name);
                } else {
                    accept(info(name, entry.getAttributes()));
                }
            });
        } catch (IOException e) {
            // A folder may be removed as empty while others are read.
            if (!SftpFailures.isAbsent(e)) {
                throw e;
            }
        } finally {
            atOnce.release();
        }
        return folders;
    }

    private void accept(ObjectInfo info) {
        oneCaller.lock();
        try {
            each.accept(info);
        } finally {
            oneCaller.unlock();
        }
    }
}
