package org.clusterbackup.repository;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/** Work on virtual threads, a bounded number at a time; the first failure ends it. For one submitting thread. */
public final class Tasks implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicReference<BackupException> failure = new AtomicReference<>();
    private final Semaphore places;
    private final int most;

    /** @param most that are at work at the same time */
    public Tasks(int most) {
        this.most = most;
        this.places = new Semaphore(most);
    }

    /** What a task does. */
    @FunctionalInterface
    public interface Task {
        void run() throws BackupException;
    }

    /** Waits for a place and begins {@code task}; after a failure it does nothing but throw. */
    public void submit(Task task) throws BackupException {
        take(1);
        requireNoFailure();
        var unused = threads.submit(() -> {
            try {
                task.run();
            } catch (BackupException e) {
                failure.compareAndSet(null, e);
            } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, new BackupException(Kind.FAILED, "failed unexpectedly: " + e, e));
            } finally {
                places.release();
            }
        });
    }

    /** Returns when everything that was begun is done. */
    public void await() throws BackupException {
        take(most);
        places.release(most);
        requireNoFailure();
    }

    private void take(int count) throws BackupException {
        try {
            places.acquire(count);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted", e);
        }
    }

    /** @throws BackupException the first failure so far */
    public void requireNoFailure() throws BackupException {
        var first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    /** Waits for what was begun. */
    @Override
    public void close() {
        threads.close();
    }
}
