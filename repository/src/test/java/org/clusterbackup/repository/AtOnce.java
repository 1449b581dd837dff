package org.clusterbackup.repository;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;

/** Does things at the same time, however few processors there are. */
public final class AtOnce {
    private AtOnce() {}

    /** Begins none before all threads are there; returns when all have ended, and throws what one of them threw. */
    public static void run(List<Callable<?>> tasks) throws Exception {
        var barrier = new CyclicBarrier(tasks.size());
        var waiting = new ArrayList<Callable<Object>>();
        for (var task : tasks) {
            waiting.add(() -> {
                barrier.await();
                return task.call();
            });
        }
        try (var threads = Executors.newFixedThreadPool(tasks.size())) {
            for (var ended : threads.invokeAll(waiting)) {
                ended.get();
            }
        }
    }
}
