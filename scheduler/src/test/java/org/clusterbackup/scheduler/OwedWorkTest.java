package org.clusterbackup.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.clusterbackup.scheduler.owed.Lag;
import org.junit.jupiter.api.Test;

class OwedWorkTest {
    private static final TopicPartition FIRST = new TopicPartition("artifact-ready", 0);
    private static final TopicPartition SECOND = new TopicPartition("artifact-ready", 1);
    private static final TopicPartition OTHER = new TopicPartition("backup-requested", 0);
    private static final Map<TopicPartition, Long> ENDS = Map.of(FIRST, 10L, SECOND, 5L, OTHER, 3L);
    private static final Map<TopicPartition, Long> BEGINNINGS = Map.of(FIRST, 0L, SECOND, 2L, OTHER, 0L);

    @Test
    void whatIsNotCommittedIsOwed() {
        assertThat(lag(ENDS, BEGINNINGS, Map.of(FIRST, 7L, SECOND, 5L), Set.of()))
                .isEqualTo(Map.of("artifact-ready", 3L));
    }

    @Test
    void partitionWithoutACommitIsOwedFromItsOldestRecord() {
        assertThat(lag(ENDS, BEGINNINGS, Map.of(FIRST, 10L), Set.of())).isEqualTo(Map.of("artifact-ready", 3L));
    }

    @Test
    void groupInItsFirstJobOwesItThoughNothingIsCommitted() {
        assertThat(lag(ENDS, BEGINNINGS, Map.of(), Set.of(OTHER))).isEqualTo(Map.of("backup-requested", 3L));
    }

    @Test
    void topicsThatTheGroupDoesNotReadAreNotOwed() {
        assertThat(lag(ENDS, BEGINNINGS, Map.of(), Set.of())).isEmpty();
    }

    private static Map<String, Long> lag(
            Map<TopicPartition, Long> ends,
            Map<TopicPartition, Long> beginnings,
            Map<TopicPartition, Long> committed,
            Set<TopicPartition> held) {
        return OwedWork.lags("group", 1, ends, OwedWork.owedFrom(ends, beginnings, committed, held)).stream()
                .collect(Collectors.toMap(Lag::topic, Lag::records));
    }
}
