package org.clusterbackup.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Holds the records of a consumer back until it has read to the end that its topic had at the start, and then hands
 * them over together; later ones follow one by one. Where the end cannot be reached, because Kafka deleted the last
 * records, a quiet time ends the waiting.
 */
public final class Backlog<T> implements AutoCloseable {
    private final Map<TopicPartition, Long> owed = new HashMap<>();
    private final Duration quiet;
    private final Consumer<List<T>> release;
    private final List<T> held = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("backlog").factory());
    private @Nullable ScheduledFuture<?> timeout;
    private boolean released;

    /**
     * @param ends offset after the last record of each partition, from {@link TopicAdmin#ends}
     * @param committed of the consumer's group, from {@link TopicAdmin#committed}
     * @param release called once with the records of the backlog, perhaps none, and then with each record alone; never
     *     by two threads at once
     */
    public Backlog(
            Map<TopicPartition, Long> ends,
            Map<TopicPartition, Long> committed,
            Duration quiet,
            Consumer<List<T>> release) {
        ends.forEach((partition, end) -> {
            if (end > committed.getOrDefault(partition, 0L)) {
                owed.put(partition, end);
            }
        });
        this.quiet = quiet;
        this.release = release;
        synchronized (this) {
            releaseIfComplete();
            restart();
        }
    }

    public synchronized void add(TopicPartition partition, long offset, T item) {
        if (released) {
            release.accept(List.of(item));
            return;
        }
        held.add(item);
        owed.computeIfPresent(partition, (_, end) -> offset + 1 >= end ? null : end);
        releaseIfComplete();
        restart();
    }

    private void releaseIfComplete() {
        if (owed.isEmpty()) {
            releaseAll();
        }
    }

    private synchronized void releaseAll() {
        if (!released) {
            released = true;
            release.accept(List.copyOf(held));
            held.clear();
            timer.shutdown();
        }
    }

    private void restart() {
        if (timeout != null) {
            timeout.cancel(false);
        }
        if (!released) {
            timeout = timer.schedule(this::releaseAll, quiet.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
