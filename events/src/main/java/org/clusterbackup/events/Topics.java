package org.clusterbackup.events;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Every topic of the system, declared once: services, demo, tests and the AsyncAPI document follow this list. */
public final class Topics {
    /** The longest value of any record; a recovery point of some ten thousand sources fits. */
    public static final int MAX_VALUE_BYTES = 4 << 20;

    private static final Duration MONTH = Duration.ofDays(30);
    private static final Duration HOUR = Duration.ofHours(1);

    /** One partition and the broker's clock: an offset and a timestamp give a request without a run id its own. */
    public static final Topic BACKUP_REQUESTED = topic(
            "backup-requested", BackupRequested.class, 1, deleted(MONTH, "message.timestamp.type", "LogAppendTime"));

    public static final Topic BACKUP_CANCELLED = topic("backup-cancelled", BackupCancelled.class, 1, deleted(MONTH));
    /** The only topic that consumer groups work off by key, so the only one with many partitions. */
    public static final Topic ARTIFACT_READY = topic("artifact-ready", ArtifactReady.class, 12, deleted(MONTH));

    public static final Topic ARTIFACT_SHIPPED = topic("artifact-shipped", ArtifactShipped.class, 1, deleted(MONTH));
    public static final Topic BACKUP_FAILED = topic("backup-failed", BackupFailed.class, 1, deleted(MONTH));
    /** Hints, useless an hour later; short segments because Kafka deletes whole ones only. */
    public static final Topic BACKUP_PROGRESS = topic(
            "backup-progress",
            BackupProgress.class,
            1,
            deleted(HOUR, "segment.ms", String.valueOf(Duration.ofMinutes(10).toMillis())));

    public static final Topic BACKUP_SOURCES = topic(
            "backup-sources",
            SourceAnnounced.class,
            1,
            Map.of(
                    "cleanup.policy",
                    "compact",
                    "delete.retention.ms",
                    String.valueOf(MONTH.toMillis()),
                    "segment.ms",
                    String.valueOf(Duration.ofDays(1).toMillis())));
    public static final Topic RECOVERY_POINT_DUE =
            topic("recovery-point-due", RecoveryPointDue.class, 1, deleted(MONTH));
    /** Not compacted: two targets share a run id, which is the key. */
    public static final Topic RECOVERY_POINT_REACHED =
            topic("recovery-point-reached", RecoveryPointReached.class, 1, deleted(MONTH));

    public static final Topic DRILL_ENTERED = topic("drill-entered", DrillEntered.class, 1, deleted(MONTH));

    /** The topics of events, without those of rejected records. */
    public static final List<Topic> EVENTS = List.of(
            BACKUP_REQUESTED,
            BACKUP_CANCELLED,
            ARTIFACT_READY,
            ARTIFACT_SHIPPED,
            BACKUP_FAILED,
            BACKUP_PROGRESS,
            BACKUP_SOURCES,
            RECOVERY_POINT_DUE,
            RECOVERY_POINT_REACHED,
            DRILL_ENTERED);

    /** Every topic that must exist. */
    public static final List<Topic> ALL = EVENTS.stream()
            .flatMap(topic -> Stream.of(topic, rejectedOf(topic)))
            .toList();

    private Topics() {}

    /** The topic of {@link #EVENTS} with that name. */
    public static Optional<Topic> named(String name) {
        return EVENTS.stream().filter(topic -> topic.name().equals(name)).findFirst();
    }

    /** Where {@code event} is published. */
    public static Topic of(BackupEvent event) {
        return switch (event) {
            case BackupRequested _ -> BACKUP_REQUESTED;
            case BackupCancelled _ -> BACKUP_CANCELLED;
            case ArtifactReady _ -> ARTIFACT_READY;
            case ArtifactShipped _ -> ARTIFACT_SHIPPED;
            case BackupFailed _ -> BACKUP_FAILED;
            case BackupProgress _ -> BACKUP_PROGRESS;
            case SourceAnnounced _, SourceRetired _ -> BACKUP_SOURCES;
            case RecoveryPointDue _ -> RECOVERY_POINT_DUE;
            case RecoveryPointReached _ -> RECOVERY_POINT_REACHED;
            case DrillEntered _ -> DRILL_ENTERED;
        };
    }

    static Topic rejectedOf(Topic topic) {
        return new Topic(topic.name() + "-rejected", Optional.empty(), 1, deleted(MONTH));
    }

    private static Topic topic(
            String name, Class<? extends BackupEvent> event, int partitions, Map<String, String> settings) {
        return new Topic(name, Optional.of(event), partitions, settings);
    }

    private static Map<String, String> deleted(Duration retention, String... more) {
        var settings = new HashMap<String, String>();
        settings.put("cleanup.policy", "delete");
        settings.put("retention.ms", String.valueOf(retention.toMillis()));
        settings.put("max.message.bytes", String.valueOf(MAX_VALUE_BYTES + (64 << 10)));
        for (var i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return Map.copyOf(settings);
    }
}
