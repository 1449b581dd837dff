package org.clusterbackup.scheduler;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
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
        var owed = new ArrayList<Status.Owed>();
        for (var group : admin.groups()) {
            var byTopic = new TreeMap<String, Long>();
            admin.committed(group).forEach((partition, offset) -> {
                var end = ends.get(partition);
                if (end != null) {
                    byTopic.merge(partition.topic(), Math.max(0, end - offset), Long::sum);
                }
            });
            if (!byTopic.isEmpty()) {
                var members = admin.members(group);
                byTopic.forEach((topic, records) -> owed.add(new Status.Owed(group, topic, records, members)));
            }
        }
        owed.sort(java.util.Comparator.comparing(Status.Owed::group).thenComparing(Status.Owed::topic));
        return List.copyOf(owed);
    }

    @PreDestroy
    void close() {
        var open = admin;
        if (open != null) {
            open.close();
        }
    }
}
