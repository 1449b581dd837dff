package org.clusterbackup.service;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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

    /** A setting that has a text which is not empty. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(properties.get(name)).map(String::valueOf).filter(text -> !text.isBlank());
    }

    Map<String, Object> admin() {
        return new HashMap<>(properties);
    }

    /**
     * A record counts as sent when every in-sync replica has it. Not idempotent: a Kafka that was rebuilt empty hands out the
     * same producer ids again, and a producer that lived on then has its records acknowledged as another's repetitions, and
     * lost. One request at a time keeps records in order; a repetition by the client may show twice, which handlers bear.
     */
    Map<String, Object> producer() {
        return with(Map.of(
                "acks",
                "all",
                "enable.idempotence",
                false,
                "max.in.flight.requests.per.connection",
                1,
                "max.request.size",
                MAX_RECORD_BYTES));
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
