package org.clusterbackup.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every partition of some topics without a consumer group: every instance sees every record, nothing is
 * committed. Survives a broker that is away for any time, topics that are not there yet, and a Kafka that was rebuilt
 * empty, whose records it reads from their beginning.
 */
public final class GrouplessReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GrouplessReader.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final KafkaSettings kafka;
    private final List<String> topics;
    private final Start start;
    private final Consumer<ConsumerRecord<byte[], byte[]>> handler;
    private final Runnable rebuilt;
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private final ClusterWatch cluster = new ClusterWatch();
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private volatile boolean closed;

    /**
     * Starts at once.
     *
     * @param topics their names
     * @param handler called by one thread, record by record; what it throws is logged, and the next record follows
     */
    public GrouplessReader(
            KafkaSettings kafka,
            Collection<String> topics,
            Start start,
            Consumer<ConsumerRecord<byte[], byte[]>> handler) {
        this(kafka, topics, start, handler, () -> {});
    }

    /** @param rebuilt called by the same thread when Kafka was rebuilt, before its records are read */
    public GrouplessReader(
            KafkaSettings kafka,
            Collection<String> topics,
            Start start,
            Consumer<ConsumerRecord<byte[], byte[]>> handler,
            Runnable rebuilt) {
        this.rebuilt = rebuilt;
        this.kafka = kafka;
        this.topics = List.copyOf(topics);
        this.start = start;
        this.handler = handler;
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("reader-" + this.topics.getFirst())
                .unstarted(this::run);
        thread.start();
    }

    /** Completes when everything was handled that was there when the reader first reached Kafka. */
    public CompletableFuture<Void> caughtUp() {
        return caughtUp.copy();
    }

    private void run() {
        while (!closed) {
            try (var opened = new KafkaConsumer<>(kafka.reader(), new ByteArrayDeserializer(), cluster)) {
                consumer = opened;
                read(opened);
            } catch (WakeupException e) {
                LOG.debug("reader ends");
            } catch (KafkaException e) {
                LOG.warn("cannot read Kafka, trying again topics={}: {}", topics, e.getMessage());
                pause();
            }
        }
    }

    /** The positions live in one consumer; after a failure that it does not survive the next one starts over. */
    private void read(KafkaConsumer<byte[], byte[]> consumer) {
        var partitions = partitions(consumer);
        consumer.assign(partitions);
        seek(consumer, partitions);
        var ends = consumer.endOffsets(partitions);
        while (!closed) {
            var records = consumer.poll(POLL);
            if (cluster.isAnother()) {
                // Before anything is handled: what was just read may begin in the middle of what the new Kafka has.
                LOG.warn("Kafka was rebuilt, reading from its beginning topics={}", topics);
                rebuilt.run();
                return;
            }
            for (var record : records) {
                handle(record);
            }
            if (!caughtUp.isDone() && reached(consumer, ends)) {
                caughtUp.complete(null);
            }
        }
    }

    private List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer) {
        var found = new ArrayList<TopicPartition>();
        for (var missing = topics; !missing.isEmpty() && !closed; ) {
            found.clear();
            var known = consumer.listTopics();
            missing = topics.stream().filter(topic -> !known.containsKey(topic)).toList();
            if (missing.isEmpty()) {
                known.forEach((topic, infos) -> {
                    if (topics.contains(topic)) {
                        infos.forEach(info -> found.add(new TopicPartition(topic, info.partition())));
                    }
                });
            } else {
                LOG.warn("topics are not there yet topics={}", missing);
                pause();
            }
        }
        return found;
    }

    private void seek(KafkaConsumer<?, ?> consumer, List<TopicPartition> partitions) {
        if (cluster.startedOver()) {
            consumer.seekToBeginning(partitions);
            return;
        }
        switch (start) {
            case Start.Beginning _ -> consumer.seekToBeginning(partitions);
            case Start.End _ -> {
                consumer.seekToEnd(partitions);
                partitions.forEach(consumer::position);
            }
            case Start.At(var time) -> seek(consumer, partitions, time.toEpochMilli());
        }
    }

    private static void seek(KafkaConsumer<?, ?> consumer, List<TopicPartition> partitions, long millis) {
        Map<TopicPartition, Long> times = partitions.stream().collect(Collectors.toMap(p -> p, _ -> millis));
        var late = new HashMap<>(consumer.offsetsForTimes(times));
        late.forEach((partition, found) -> {
            if (found != null) {
                consumer.seek(partition, found.offset());
            }
        });
        late.values().removeIf(found -> found != null);
        consumer.seekToEnd(late.keySet());
    }

    private void handle(ConsumerRecord<byte[], byte[]> record) {
        try {
            handler.accept(record);
        } catch (RuntimeException e) {
            LOG.error("record was not handled record={}", Received.place(record), e);
        }
    }

    private static boolean reached(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private void pause() {
        try {
            var _ = closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when no record is being handled any more; a handler that takes longer than five seconds is interrupted. */
    @Override
    public void close() {
        closed = true;
        closing.countDown();
        var reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        try {
            if (!thread.join(CLOSE_WITHIN)) {
                // The handler waits for something that may never come.
                thread.interrupt();
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
