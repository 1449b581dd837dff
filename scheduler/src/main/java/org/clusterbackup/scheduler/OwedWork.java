package org.clusterbackup.scheduler;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.scheduler.page.Status;
import org.clusterbackup.service.TopicAdmin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each consumer group owes, from the offsets that it has committed, as the brokers know them: a record that is
 * being worked on for hours still counts, and so does one whose consumer is dead.
 */
@ApplicationScoped
public class OwedWork {
    private static final Logger LOG = LoggerFactory.getLogger(OwedWork.class);
    private static final Set<String> WORKED_OFF = Set.of(Topics.BACKUP_REQUESTED.name(), Topics.ARTIFACT_READY.name());

    private final Scheduler scheduler;
    private volatile @Nullable TopicAdmin admin;
    private volatile List<Status.Owed> last = List.of();

    OwedWork(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** As of the last time that Kafka answered. */
    List<Status.Owed> last() {
        return last;
    }

    /** Asks Kafka; where it does not answer the last values stay. */
    void refresh() throws InterruptedException {
        try {
            var open = admin;
            if (open == null) {
                open = new TopicAdmin(scheduler.kafka());
                admin = open;
            }
            last = ask(open);
        } catch (BackupException e) {
            LOG.warn("cannot ask for consumer groups: {}", e.getMessage());
        }
    }

    private static List<Status.Owed> ask(TopicAdmin admin) throws BackupException, InterruptedException {
        var ends = admin.ends(WORKED_OFF);
        var beginnings = admin.beginnings(WORKED_OFF);
        var owed = new ArrayList<Status.Owed>();
        for (var group : admin.groups()) {
            var members = admin.members(group);
            lag(ends, beginnings, admin.committed(group), members.partitions())
                    .forEach((topic, records) -> owed.add(new Status.Owed(group, topic, records, members.count())));
        }
        owed.sort(Comparator.comparing(Status.Owed::group).thenComparing(Status.Owed::topic));
        return List.copyOf(owed);
    }

    /**
     * Records by topic that a group has not committed. Groups start at the earliest record, so in a partition of its
     * topics without a commit it owes all that is there: its first job may run for hours before the first commit.
     */
    static Map<String, Long> lag(
            Map<TopicPartition, Long> ends,
            Map<TopicPartition, Long> beginnings,
            Map<TopicPartition, Long> committed,
            Set<TopicPartition> held) {
        var topics = Stream.concat(committed.keySet().stream(), held.stream())
                .map(TopicPartition::topic)
                .collect(Collectors.toSet());
        var lag = new TreeMap<String, Long>();
        ends.forEach((partition, end) -> {
            if (topics.contains(partition.topic())) {
                var from = committed.getOrDefault(partition, beginnings.getOrDefault(partition, end));
                lag.merge(partition.topic(), Math.max(0, end - from), Long::sum);
            }
        });
        return lag;
    }

    @PreDestroy
    void close() {
        var open = admin;
        if (open != null) {
            open.close();
        }
    }
}
