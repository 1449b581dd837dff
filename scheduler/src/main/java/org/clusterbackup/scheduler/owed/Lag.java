package org.clusterbackup.scheduler.owed;

import java.util.Map;

/**
 * What a consumer group owes of a topic, as the brokers know it.
 *
 * @param records after the offsets that it committed
 * @param members of the group now
 * @param from by partition, the first offset that is owed
 */
public record Lag(String group, String topic, long records, int members, Map<Integer, Long> from) {
    public Lag {
        from = Map.copyOf(from);
    }
}
