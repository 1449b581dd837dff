package org.clusterbackup.service;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.CloudEvent;
import org.clusterbackup.events.EventCodec;
import org.clusterbackup.events.Rejected;
import org.clusterbackup.events.Topic;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.Spool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes events as CloudEvents in binary mode. Every method may be called from any thread. */
public final class EventPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventPublisher.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    /** So many hints wait for a broker that is away; of more the oldest are dropped. */
    private static final int HINTS = 1000;

    private final Producer<byte[], byte[]> producer;
    private final String source;
    private final Clock clock;
    private final ExecutorService hints = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(HINTS),
            Thread.ofPlatform().daemon().name("hints").factory(),
            new ThreadPoolExecutor.DiscardOldestPolicy());

    /** @param source who speaks, as CloudEvents want it: {@code /brick-agent/node-a} */
    public EventPublisher(KafkaSettings kafka, String source) {
        this(
                new KafkaProducer<>(kafka.producer(), new ByteArraySerializer(), new ByteArraySerializer()),
                source,
                Clock.systemUTC());
    }

    /** @param producer is closed by {@link #close} */
    public EventPublisher(Producer<byte[], byte[]> producer, String source, Clock clock) {
        this.producer = producer;
        this.source = source;
        this.clock = clock;
        // Known from now on: a class that is loaded while the process ends cannot watch it any more.
        var _ = Spool.ending();
    }

    /**
     * Returns when the brokers have acknowledged the record.
     *
     * @throws BackupException {@code UNREACHABLE} if they did not within Kafka's {@code delivery.timeout.ms}
     * @throws InterruptedException also when the process was told to end: what fails then is no result, and what was done
     *     is found and said by the next one
     */
    public void publish(BackupEvent event) throws BackupException, InterruptedException {
        if (Spool.ending()) {
            throw new InterruptedException("the service ends");
        }
        await(Topics.of(event), send(event));
    }

    /** For what is said again soon anyway: returns at once, however long the brokers are away, and may come to nothing. */
    public void hint(BackupEvent event) {
        hints.execute(() -> send(event).exceptionally(failure -> {
            LOG.debug("hint is lost key={} reason={}", event.key(), failure.getMessage());
            return null;
        }));
    }

    /** May block for Kafka's {@code max.block.ms}, a minute, where the client knows no broker. */
    private CompletableFuture<Void> send(BackupEvent event) {
        var record = new ProducerRecord<>(Topics.of(event).name(), bytes(event.key()), EventCodec.encode(event));
        CloudEvent.headers(event, UUID.randomUUID().toString(), source, clock.instant())
                .forEach((name, value) -> header(record, name, value));
        return send(record);
    }

    /** Publishes a record that did not parse on its topic's {@code -rejected}, as it was. */
    public void reject(Topic topic, ConsumerRecord<?, byte[]> rejected, String reason)
            throws BackupException, InterruptedException {
        var key = rejected.key() == null ? null : bytes(Received.keyText(rejected));
        var record = new ProducerRecord<>(topic.rejected().name(), key, rejected.value());
        rejected.headers().forEach(header -> record.headers().add(header));
        Map.of(
                        Rejected.REASON, reason,
                        Rejected.TOPIC, rejected.topic(),
                        Rejected.PARTITION, String.valueOf(rejected.partition()),
                        Rejected.OFFSET, String.valueOf(rejected.offset()))
                .forEach((name, value) -> header(record, name, value));
        await(topic.rejected(), send(record));
    }

    private CompletableFuture<Void> send(ProducerRecord<byte[], byte[]> record) {
        var sent = new CompletableFuture<Void>();
        try {
            var _ = producer.send(record, (_, failure) -> {
                if (failure == null) {
                    sent.complete(null);
                } else {
                    sent.completeExceptionally(failure);
                }
            });
        } catch (KafkaException e) {
            sent.completeExceptionally(e);
        }
        return sent;
    }

    private static void await(Topic topic, CompletableFuture<Void> sent) throws BackupException, InterruptedException {
        try {
            sent.get();
        } catch (ExecutionException e) {
            throw new BackupException(Kind.UNREACHABLE, "no broker took the record for " + topic, e.getCause());
        }
    }

    private static void header(ProducerRecord<?, ?> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static byte @Nullable [] bytes(@Nullable String key) {
        return key == null || key.isEmpty() ? null : key.getBytes(StandardCharsets.UTF_8);
    }

    /** Sends what is under way for up to five seconds; hints that wait are dropped. */
    @Override
    public void close() {
        hints.shutdownNow();
        producer.close(CLOSE_WITHIN);
    }
}
