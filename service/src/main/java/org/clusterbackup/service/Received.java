package org.clusterbackup.service;

import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.clusterbackup.events.BackupRequest;
import org.clusterbackup.events.BackupRequested;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.events.EventCodec;
import org.clusterbackup.events.Topics;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jspecify.annotations.Nullable;

/** A record of a declared topic, and what it turned out to be. */
public record Received(ConsumerRecord<?, byte[]> record, Decoded decoded) {

    /** @throws IllegalArgumentException if the record's topic has no events */
    public static Received of(ConsumerRecord<?, byte[]> record) {
        var topic = Topics.named(record.topic())
                .orElseThrow(() -> new IllegalArgumentException("topic has no events: " + record.topic()));
        return new Received(
                record, EventCodec.decode(topic, keyText(record), record.value(), headers(record.headers())));
    }

    /** @param message of a SmallRye Kafka channel with text or byte keys and byte values */
    public static Received of(Message<byte[]> message) {
        @SuppressWarnings("unchecked") // metadata is found by its raw class; the value's type is the message's
        IncomingKafkaRecordMetadata<?, byte[]> metadata = message.getMetadata(IncomingKafkaRecordMetadata.class)
                .orElseThrow(() -> new IllegalArgumentException("message is not from Kafka"));
        return of(metadata.getRecord());
    }

    /** The broker's time for topics with {@code LogAppendTime}, otherwise the publisher's. */
    public Instant timestamp() {
        return Instant.ofEpochMilli(record.timestamp());
    }

    /** A request with its defaults from this record; empty for anything else. */
    public Optional<BackupRequest> request() {
        return decoded instanceof Decoded.Event(BackupRequested requested)
                ? Optional.of(requested.resolve(record.partition(), record.offset(), timestamp()))
                : Optional.empty();
    }

    /** For logs: {@code topic-partition@offset}. */
    public String place() {
        return place(record);
    }

    static String place(ConsumerRecord<?, ?> record) {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    static @Nullable String keyText(ConsumerRecord<?, byte[]> record) {
        Object key = record.key();
        return switch (key) {
            case null -> null;
            case byte[] bytes -> text(bytes);
            default -> key.toString();
        };
    }

    static Map<String, String> headers(Headers headers) {
        var texts = new HashMap<String, String>();
        headers.forEach(header -> {
            if (header.value() != null) {
                texts.put(header.key(), text(header.value()));
            }
        });
        return texts;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
