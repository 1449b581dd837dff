package org.clusterbackup.service;

import java.util.HashMap;
import java.util.Map;
import org.clusterbackup.events.Topics;

/**
 * How to reach Kafka, in the names of Kafka's own configuration; Quarkus gathers {@code kafka.*} as the bean
 * {@code @Identifier("default-kafka-broker") Map<String, Object>}.
 */
public record KafkaSettings(Map<String, Object> properties) {
    private static final int MAX_RECORD_BYTES = Topics.MAX_VALUE_BYTES + (64 << 10);

    public KafkaSettings {
        properties = Map.copyOf(properties);
    }

    public static KafkaSettings of(String bootstrapServers) {
        return new KafkaSettings(Map.of("bootstrap.servers", bootstrapServers));
    }

    Map<String, Object> admin() {
        return new HashMap<>(properties);
    }

    /** A record counts as sent when every in-sync replica has it, and a repetition by the client shows once. */
    Map<String, Object> producer() {
        return with(Map.of("acks", "all", "enable.idempotence", true, "max.request.size", MAX_RECORD_BYTES));
    }

    /** Without a group: nothing is committed, nobody is waited for. */
    Map<String, Object> reader() {
        return with(Map.of(
                "enable.auto.commit", false,
                "auto.offset.reset", "earliest",
                "allow.auto.create.topics", false));
    }

    private Map<String, Object> with(Map<String, Object> more) {
        var all = new HashMap<>(properties);
        all.putAll(more);
        return all;
    }
}
