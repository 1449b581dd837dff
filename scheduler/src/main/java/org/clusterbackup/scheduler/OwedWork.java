package org.clusterbackup.scheduler;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.scheduler.owed.Lag;
import org.clusterbackup.scheduler.owed.Owing;
import org.clusterbackup.scheduler.page.Status;
import org.clusterbackup.scheduler.run.Book;
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
    /** Topics that consumer groups work off. */
    static final Set<String> WORKED_OFF = Set.of(Topics.BACKUP_REQUESTED.name(), Topics.ARTIFACT_READY.name());

    private final Scheduler scheduler;
    private final SchedulerConfig config;
    private volatile @Nullable TopicAdmin admin;
    private volatile List<Lag> last = List.of();

    OwedWork(Scheduler scheduler, SchedulerConfig config) {
        this.scheduler = scheduler;
        this.config = config;
    }

    /** As of the last time that Kafka answered, with what becomes of it. */
    List<Status.Owed> judged(Scheduler.Parts parts, Book.View view, Instant now) {
        return new Owing(view, parts.intake().publications(), config.runs().stuckAfter()).at(now, last);
    }

    /** Asks Kafka; where it does not answer the last values stay, and this is false. */
    boolean refresh() throws InterruptedException {
        try {
            var open = admin;
            if (open == null) {
                open = new TopicAdmin(scheduler.kafka());
                admin = open;
            }
            last = ask(open);
            return true;
        } catch (BackupException e) {
            LOG.warn("cannot ask for consumer groups: {}", e.getMessage());
            return false;
        }
    }

    private static List<Lag> ask(TopicAdmin admin) throws BackupException, InterruptedException {
        var ends = admin.ends(WORKED_OFF);
        var beginnings = admin.beginnings(WORKED_OFF);
        var lags = new ArrayList<Lag>();
        for (var group : admin.groups()) {
            var members = admin.members(group);
            lags.addAll(lags(
                    group,
                    members.count(),
                    ends,
                    owedFrom(ends, beginnings, admin.committed(group), members.partitions())));
        }
        lags.sort(Comparator.comparing(Lag::group).thenComparing(Lag::topic));
        return List.copyOf(lags);
    }

    /**
     * The first offset, of each partition of the group's topics, that it has not committed. Groups start at the earliest
     * record, so in a partition without a commit a group owes all that is there: its first job may run for hours before
     * the first commit.
     */
    static Map<TopicPartition, Long> owedFrom(
            Map<TopicPartition, Long> ends,
            Map<TopicPartition, Long> beginnings,
            Map<TopicPartition, Long> committed,
            Set<TopicPartition> held) {
        var topics = Stream.concat(committed.keySet().stream(), held.stream())
                .map(TopicPartition::topic)
                .collect(Collectors.toSet());
        var from = new HashMap<TopicPartition, Long>();
        ends.forEach((partition, end) -> {
            if (topics.contains(partition.topic())) {
                from.put(partition, committed.getOrDefault(partition, beginnings.getOrDefault(partition, end)));
            }
        });
        return from;
    }

    /** One of each topic that the group reads. */
    static List<Lag> lags(
            String group, int members, Map<TopicPartition, Long> ends, Map<TopicPartition, Long> owedFrom) {
        var byTopic = new TreeMap<String, Map<Integer, Long>>();
        owedFrom.forEach((partition, from) ->
                byTopic.computeIfAbsent(partition.topic(), _ -> new HashMap<>()).put(partition.partition(), from));
        return byTopic.entrySet().stream()
                .map(topic -> new Lag(
                        group,
                        topic.getKey(),
                        topic.getValue().entrySet().stream()
                                .mapToLong(from -> Math.max(
                                        0,
                                        ends.getOrDefault(new TopicPartition(topic.getKey(), from.getKey()), 0L)
                                                - from.getValue()))
                                .sum(),
                        members,
                        topic.getValue()))
                .toList();
    }

    @PreDestroy
    void close() {
        var open = admin;
        if (open != null) {
            open.close();
        }
    }
}
