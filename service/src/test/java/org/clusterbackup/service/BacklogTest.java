package org.clusterbackup.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private static final TopicPartition PARTITION = new TopicPartition("backup-requested", 0);
    private static final Duration LONG = Duration.ofHours(1);

    private final List<List<String>> released = new CopyOnWriteArrayList<>();

    @Test
    void recordsUpToTheEndComeTogetherAndLaterOnesAlone() {
        try (var backlog = new Backlog<String>(Map.of(PARTITION, 7L), Map.of(PARTITION, 5L), LONG, released::add)) {
            backlog.add(PARTITION, 5, "a");
            assertThat(released).isEmpty();
            backlog.add(PARTITION, 6, "b");
            backlog.add(PARTITION, 7, "c");
        }

        assertThat(released).containsExactly(List.of("a", "b"), List.of("c"));
    }

    @Test
    void nothingIsHeldBackWhenNothingIsOwed() {
        try (var backlog = new Backlog<String>(Map.of(PARTITION, 7L), Map.of(PARTITION, 7L), LONG, released::add)) {
            backlog.add(PARTITION, 7, "c");
        }

        assertThat(released).containsExactly(List.of(), List.of("c"));
    }

    @Test
    void quietTimeEndsTheWaitForRecordsThatKafkaDeleted() {
        try (var backlog = new Backlog<String>(Map.of(PARTITION, 7L), Map.of(), Duration.ofMillis(50), released::add)) {
            backlog.add(PARTITION, 3, "a");

            // On a slow machine the quiet time may be over before the record comes: it is let through either way.
            await().untilAsserted(() ->
                    assertThat(released.stream().flatMap(List::stream)).containsExactly("a"));
        }
    }
}
