package org.clusterbackup.service;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One worker a key, on a virtual thread of its own: jobs of one key run one after another in the order they came, those
 * of different keys beside each other. A worker ends when its queue is empty. Every method may be called from any
 * thread.
 */
public final class Workers implements AutoCloseable {
    private final String name;
    private final Map<String, Worker> workers = new HashMap<>();
    private boolean closed;

    /** @param name of the threads, for dumps */
    public Workers(String name) {
        this.name = name;
    }

    /** Work that may block; interrupted when the service stops. */
    @FunctionalInterface
    public interface Job {
        void run() throws InterruptedException;
    }

    /**
     * Returns at once.
     *
     * @return completes when the job has returned, and exceptionally if it threw something unchecked. If the service
     *     stops first it never completes: whoever acknowledges then does not, and the record comes again.
     */
    public CompletableFuture<Void> enqueue(String key, Job job) {
        var done = new CompletableFuture<Void>();
        synchronized (workers) {
            if (!closed) {
                workers.computeIfAbsent(key, Worker::new).add(new Task(job, done));
            }
        }
        return done;
    }

    /** Interrupts what runs, forgets what waits, and returns when every worker has ended. */
    @Override
    public void close() {
        Worker[] all;
        synchronized (workers) {
            closed = true;
            all = workers.values().toArray(new Worker[0]);
            for (var worker : all) {
                worker.queue.clear();
                worker.interrupt();
            }
        }
        for (var worker : all) {
            worker.join();
        }
    }

    private record Task(Job job, CompletableFuture<Void> done) {}

    private final class Worker {
        private final String key;
        private final Queue<Task> queue = new ArrayDeque<>();
        private @Nullable Thread thread;
        private boolean working;

        Worker(String key) {
            this.key = key;
        }

        void add(Task task) {
            queue.add(task);
            if (thread == null) {
                thread = Thread.ofVirtual().name(name + "-" + key).start(this::work);
            }
        }

        void interrupt() {
            if (working && thread != null) {
                thread.interrupt();
            }
        }

        void join() {
            var running = thread;
            try {
                if (running != null) {
                    running.join();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void work() {
            for (var task = next(); task != null; task = next()) {
                run(task);
            }
        }

        private @Nullable Task next() {
            synchronized (workers) {
                var task = queue.poll();
                working = task != null;
                if (task == null) {
                    workers.remove(key);
                }
                return task;
            }
        }

        private void run(Task task) {
            try {
                task.job.run();
            } catch (InterruptedException e) {
                synchronized (workers) {
                    if (closed) {
                        return;
                    }
                }
            } catch (RuntimeException | Error e) {
                task.done.completeExceptionally(e);
                return;
            }
            synchronized (workers) {
                // A job that swallowed the interrupt of a stopping service has not proved that it finished.
                if (closed && Thread.currentThread().isInterrupted()) {
                    return;
                }
            }
            task.done.complete(null);
        }
    }
}
