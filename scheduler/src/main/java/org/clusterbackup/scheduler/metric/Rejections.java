package org.clusterbackup.scheduler.metric;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Rejected records of one topic.
 *
 * @param newest when the newest was rejected
 */
public record Rejections(long count, Instant newest) {

    public Rejections and(Rejections later) {
        return new Rejections(count + later.count, later.newest);
    }

    /** @param byTopic by the topic that they are in, which ends in {@code -rejected} */
    public static List<Family> families(Map<String, Rejections> byTopic) {
        var counts = new Family("clusterbackup_records_rejected", "rejected records that Kafka still has");
        var times = new Family("clusterbackup_record_rejected_timestamp_seconds", "when the newest was rejected");
        byTopic.forEach((topic, rejections) -> {
            counts.add(rejections.count(), "topic", topic);
            times.add(rejections.newest(), "topic", topic);
        });
        return List.of(counts, times);
    }
}
