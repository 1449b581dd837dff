package org.clusterbackup.shipper;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.clusterbackup.events.BackupCancelled;
import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.events.BackupProgress;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.events.RecoveryPointDue;
import org.clusterbackup.events.RecoveryPointReached;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.service.GrouplessReader;
import org.clusterbackup.service.KafkaSettings;
import org.clusterbackup.service.Received;
import org.clusterbackup.service.Start;
import org.clusterbackup.service.Workers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads, without a group, what a shipper is only told: hints, what other services know, and that a recovery point is
 * due, which the scheduler repeats until it is reached.
 */
final class EventReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);
    /** The scheduler repeats what is due every five minutes. */
    private static final Duration DUE_BACK = Duration.ofMinutes(10);

    private final Opening opening;
    private final Announcer announcer;
    private final Surroundings surroundings;
    private final Cancellations cancellations;
    private final Reconciliation.RecoveryPointsOf recoveryPoints;
    private final Workers workers = new Workers("recovery-point");
    private final GrouplessReader known;
    private final List<GrouplessReader> readers;

    /** @param rebuilt called when Kafka was rebuilt, and what was said is gone */
    EventReader(
            KafkaSettings kafka,
            Opening opening,
            Announcer announcer,
            Surroundings surroundings,
            Cancellations cancellations,
            Reconciliation.RecoveryPointsOf recoveryPoints,
            Consumer<BackupProgress> hints,
            Runnable rebuilt) {
        this.opening = opening;
        this.announcer = announcer;
        this.surroundings = surroundings;
        this.cancellations = cancellations;
        this.recoveryPoints = recoveryPoints;
        this.known = reader(
                kafka,
                new Start.Beginning(),
                this::surrounding,
                rebuilt,
                Topics.BACKUP_SOURCES.name(),
                Topics.BACKUP_FAILED.name(),
                Topics.BACKUP_CANCELLED.name(),
                Topics.RECOVERY_POINT_REACHED.name());
        this.readers = List.of(
                known,
                reader(
                        kafka,
                        new Start.End(),
                        event -> {
                            if (event instanceof BackupProgress progress) {
                                hints.accept(progress);
                            }
                        },
                        () -> {},
                        Topics.BACKUP_PROGRESS.name()),
                reader(
                        kafka,
                        new Start.At(Instant.now().minus(DUE_BACK)),
                        this::due,
                        () -> {},
                        Topics.RECOVERY_POINT_DUE.name()));
    }

    private static GrouplessReader reader(
            KafkaSettings kafka, Start start, Consumer<BackupEvent> handler, Runnable rebuilt, String... topics) {
        return new GrouplessReader(
                kafka,
                List.of(topics),
                start,
                record -> {
                    if (Received.of(record).decoded() instanceof Decoded.Event(var event)) {
                        handler.accept(event);
                    }
                },
                rebuilt);
    }

    private void surrounding(BackupEvent event) {
        if (event instanceof BackupCancelled cancelled) {
            cancellations.apply(cancelled);
            return;
        }
        try {
            var ends = opening.await();
            if (event instanceof RecoveryPointReached reached) {
                surroundings.apply(reached, ends.target(), ends.name());
            } else {
                surroundings.apply(event, ends.name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void due(BackupEvent event) {
        if (event instanceof RecoveryPointDue due) {
            var _ = workers.enqueue(due.target(), () -> enter(due));
        }
    }

    private void enter(RecoveryPointDue due) throws InterruptedException {
        var ends = opening.await();
        if (!due.target().equals(ends.name().value())) {
            return;
        }
        awaitKnown();
        try {
            var reached = recoveryPoints.at(ends).enter(due);
            announcer.announce(reached);
            LOG.info("recovery point reached run={} target={} head={}", due.run(), ends.name(), reached.head());
        } catch (BackupException e) {
            LOG.error(
                    "recovery point not entered kind={} run={} target={}: {}",
                    e.kind(),
                    due.run(),
                    ends.name(),
                    e.getMessage());
        }
    }

    /** Without the replica sets that were announced, a set of which one brick is there would look like one with a hole. */
    private void awaitKnown() throws InterruptedException {
        try {
            known.caughtUp().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("never completed exceptionally", e);
        }
    }

    @Override
    public void close() {
        readers.forEach(GrouplessReader::close);
        workers.close();
    }
}
