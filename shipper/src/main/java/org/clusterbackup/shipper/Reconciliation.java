package org.clusterbackup.shipper;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.ledger.Deletion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares staging with the target at start and on a timer, whatever events said, so that a lost event costs minutes
 * and never a backup. What stands at the target is announced once a start, again when Kafka was rebuilt, so that an empty
 * Kafka still shows true ages, and each week, long before Kafka forgets: housekeeping of staging waits for it. That is the
 * newest of each source and whatever is still staged.
 */
final class Reconciliation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

    private static final Duration ANEW = Duration.ofDays(7);

    private final Opening opening;
    private final Shipments shipments;
    private final Announcer announcer;
    private final RecoveryPointsOf recoveryPoints;
    private final DrillsOf drillsOf;
    private final Duration every;
    private final Thread thread;
    private boolean newestAnnounced;
    private boolean drillAnnounced;
    private long begun = System.nanoTime();
    private final Semaphore rebuilt = new Semaphore(0);

    /** Made when the ends are open. */
    @FunctionalInterface
    interface RecoveryPointsOf {
        RecoveryPoints at(Ends ends);
    }

    /** Made when the ends are open. */
    @FunctionalInterface
    interface DrillsOf {
        Drills at(Ends ends);
    }

    Reconciliation(
            Opening opening,
            Shipments shipments,
            Announcer announcer,
            RecoveryPointsOf recoveryPoints,
            DrillsOf drillsOf,
            Duration every) {
        this.opening = opening;
        this.shipments = shipments;
        this.announcer = announcer;
        this.recoveryPoints = recoveryPoints;
        this.drillsOf = drillsOf;
        this.every = every;
        this.thread = Thread.ofVirtual().name("reconciliation").start(this::run);
    }

    private void run() {
        try {
            var ends = opening.await();
            var drills = drillsOf.at(ends);
            while (true) {
                try {
                    once(ends);
                    drilled(drills);
                } catch (BackupException e) {
                    LOG.warn("not reconciled kind={} target={}: {}", e.kind(), ends.name(), e.getMessage());
                } catch (RuntimeException e) {
                    // A mistake of ours must not end it: a lost event would then cost the backup.
                    LOG.error("not reconciled target={}", ends.name(), e);
                }
                pause();
            }
        } catch (InterruptedException e) {
            LOG.debug("reconciliation is told to end");
        }
    }

    private void pause() throws InterruptedException {
        var again = rebuilt.tryAcquire(every.toMillis(), TimeUnit.MILLISECONDS);
        if (again || System.nanoTime() - begun > ANEW.toNanos()) {
            rebuilt.drainPermits();
            shipments.forget();
            newestAnnounced = false;
            drillAnnounced = false;
            begun = System.nanoTime();
        }
    }

    /** What was announced is known no more: all of it is announced again, at once. */
    void startOver() {
        rebuilt.release();
    }

    /** Asks for what is staged and not shipped, and announces what stands here and was not announced yet. */
    private void once(Ends ends) throws BackupException, InterruptedException {
        var staged = new HashSet<>(ends.staged().list());
        var shipped = new HashSet<>(ends.shipped().list());
        var deleted = deleted(ends);
        for (var ref : staged) {
            if (!shipped.contains(ref) && !deleted.contains(ref)) {
                var _ = shipments.request(ref, runOf(ends, ref));
            }
        }
        var standing = newestOfEachSource(shipped);
        staged.stream().filter(shipped::contains).forEach(standing::add);
        for (var ref : standing) {
            if (!deleted.contains(ref)) {
                announceStanding(ends, ref);
            }
        }
        if (!newestAnnounced) {
            for (var newest : recoveryPoints.at(ends).newest()) {
                announcer.announce(newest);
            }
            newestAnnounced = true;
        }
        var swept = ends.copier().sweepLeftovers();
        if (swept > 0) {
            LOG.info("swept leftovers of killed uploads count={} target={}", swept, ends.name());
        }
    }

    /** What drills left at the target meanwhile; last, so that nothing waits for it. */
    private void drilled(Drills drills) throws BackupException, InterruptedException {
        if (!drillAnnounced) {
            var newest = drills.newest();
            if (newest.isPresent()) {
                announcer.announce(newest.get());
            }
            drillAnnounced = true;
        }
        for (var entered : drills.enter()) {
            announcer.announce(entered);
        }
    }

    private void announceStanding(Ends ends, ArtifactRef ref) throws BackupException, InterruptedException {
        try {
            shipments.announceStanding(ref);
        } catch (BackupException e) {
            if (e.kind().retryable()) {
                throw e;
            }
            LOG.error(
                    "artifact at the target is not whole artifact={} target={}: {}", ref, ends.name(), e.getMessage());
        }
    }

    /** A manifest that cannot be believed holds up no other artifact: shipping it says what is wrong. */
    private static Optional<String> runOf(Ends ends, ArtifactRef ref) {
        try {
            return ends.stagedManifests().read(ref).manifest().run();
        } catch (BackupException e) {
            LOG.warn("manifest in staging artifact={}: {}", ref, e.getMessage());
            return Optional.empty();
        }
    }

    private static Set<ArtifactRef> newestOfEachSource(Set<ArtifactRef> shipped) {
        return new HashSet<>(shipped.stream()
                .collect(Collectors.toMap(ArtifactRef::source, ref -> ref, (a, b) -> a.compareTo(b) > 0 ? a : b))
                .values());
    }

    private static Set<ArtifactRef> deleted(Ends ends) throws BackupException {
        return ends.ledger().read().deleted().stream().map(Reconciliation::ref).collect(Collectors.toSet());
    }

    private static ArtifactRef ref(Deletion.Deleted deleted) {
        return new ArtifactRef(deleted.source(), deleted.artifact());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
