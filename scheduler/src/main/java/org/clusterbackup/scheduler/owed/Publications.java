package org.clusterbackup.scheduler.owed;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** When each record was published that consumer groups work off: brokers tell offsets only. Thread-safe. */
public final class Publications {
    private final Map<Partition, TreeMap<Long, Published>> records = new HashMap<>();

    private record Partition(String topic, int number) {}

    /** @param run that it is of; empty for what is no event, or of no run */
    public record Published(Instant at, Optional<String> run) {}

    public synchronized void add(String topic, int partition, long offset, Published record) {
        records.computeIfAbsent(new Partition(topic, partition), _ -> new TreeMap<>())
                .put(offset, record);
    }

    /** Kafka was rebuilt: its offsets are given anew. */
    public synchronized void startOver() {
        records.clear();
    }

    public synchronized void forgetBefore(Instant time) {
        records.values().forEach(partition -> partition.values().removeIf(record -> record.at()
                .isBefore(time)));
    }

    /** Those of a lag. */
    synchronized Stream<Published> of(Lag lag) {
        return lag.from().entrySet().stream()
                .flatMap(from -> records
                        .getOrDefault(new Partition(lag.topic(), from.getKey()), new TreeMap<>())
                        .tailMap(from.getValue())
                        .values()
                        .stream())
                .toList()
                .stream();
    }
}
