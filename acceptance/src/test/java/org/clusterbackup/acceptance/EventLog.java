package org.clusterbackup.acceptance;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.events.EventCodec;
import org.clusterbackup.events.Topic;
import org.clusterbackup.events.Topics;
import org.jspecify.annotations.Nullable;

/** Every record of every topic since the broker's first, read without a group, so that it is in no one's way. */
final class EventLog implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    /**
     * A record.
     *
     * @param event absent if it does not parse, and on topics of rejected records
     */
    record Seen(
            String topic,
            long offset,
            @Nullable String key,
            @Nullable String value,
            Map<String, String> headers,
            Optional<BackupEvent> event,
            Instant time) {
        @Override
        public String toString() {
            var text = event.map(Object::toString).orElseGet(() -> String.valueOf(value));
            return time + " " + topic + "@" + offset + " "
                    + (text.length() > 600 ? text.substring(0, 600) + "…" : text);
        }
    }

    private final List<Seen> records = new CopyOnWriteArrayList<>();
    private final Thread reader;
    private volatile boolean closed;

    EventLog(String bootstrapServers) {
        reader = Thread.ofPlatform().name("event-log").daemon().start(() -> read(bootstrapServers));
    }

    private void read(String bootstrapServers) {
        try (var consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(Topics.ALL.stream().flatMap(EventLog::partitions).toList());
            while (!closed) {
                for (var message : consumer.poll(POLL)) {
                    records.add(seen(message));
                }
            }
        }
    }

    private static Stream<TopicPartition> partitions(Topic topic) {
        return IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition));
    }

    private static Seen seen(ConsumerRecord<byte[], byte[]> message) {
        var headers = new HashMap<String, String>();
        for (var header : message.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        var key = text(message.key());
        return new Seen(
                message.topic(),
                message.offset(),
                key,
                text(message.value()),
                Map.copyOf(headers),
                Topics.named(message.topic()).flatMap(topic -> event(topic, key, message.value(), headers)),
                Instant.ofEpochMilli(message.timestamp()));
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static Optional<BackupEvent> event(
            Topic topic, @Nullable String key, byte @Nullable [] value, Map<String, String> headers) {
        return switch (EventCodec.decode(topic, key, value, headers)) {
            case Decoded.Event(var event) -> Optional.of(event);
            case Decoded.Rejection _ -> Optional.empty();
        };
    }

    /** How many records there were until now: {@link #since} gives what came later. */
    int mark() {
        return records.size();
    }

    List<Seen> since(int mark) {
        // After a broker was rebuilt there are fewer than there were.
        var now = List.copyOf(records);
        return now.subList(Math.min(mark, now.size()), now.size());
    }

    <E extends BackupEvent> List<E> all(Class<E> type, Predicate<? super E> which) {
        return all(0, type, which);
    }

    <E extends BackupEvent> List<E> all(int mark, Class<E> type, Predicate<? super E> which) {
        return since(mark).stream()
                .flatMap(seen -> seen.event().stream())
                .filter(type::isInstance)
                .map(type::cast)
                .filter(which)
                .toList();
    }

    <E extends BackupEvent> E awaitEvent(Class<E> type, Predicate<? super E> which, Duration atMost) {
        return awaitEvent(0, type, which, atMost);
    }

    /** The first event of that kind after the mark. */
    <E extends BackupEvent> E awaitEvent(int mark, Class<E> type, Predicate<? super E> which, Duration atMost) {
        return await(type.getSimpleName())
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> all(mark, type, which).stream().findFirst(), Optional::isPresent)
                .orElseThrow();
    }

    /** For a person who asks what happened; hints about progress are left out. */
    String told(int mark) {
        return since(mark).stream()
                .filter(seen -> !seen.topic().equals(Topics.BACKUP_PROGRESS.name()))
                .map(Seen::toString)
                .collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        closed = true;
        try {
            reader.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
