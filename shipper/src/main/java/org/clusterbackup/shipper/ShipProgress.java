package org.clusterbackup.shipper;

import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.clusterbackup.events.BackupProgress;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.copy.CopyListener;

/**
 * Tells every two seconds, while it is open, how far the copy of one artifact is, and ends it when its run is cancelled.
 * Thread-safe.
 */
final class ShipProgress implements CopyListener, AutoCloseable {
    /** Stage of the events about copying to a target. */
    static final String SHIP = "ship";

    private static final Duration TICK = Duration.ofSeconds(2);

    private final ArtifactRef ref;
    private final Optional<String> run;
    private final TargetName target;
    private final Consumer<BackupProgress> hints;
    private final Clock clock;
    private final Cancellations cancellations;
    private final AtomicLong planned = new AtomicLong();
    private final AtomicLong copied = new AtomicLong();
    private final Thread ticker;

    /** @param hints must return at once */
    ShipProgress(
            ArtifactRef ref,
            Optional<String> run,
            TargetName target,
            Cancellations cancellations,
            Consumer<BackupProgress> hints,
            Clock clock) {
        this.ref = ref;
        this.run = run;
        this.target = target;
        this.cancellations = cancellations;
        this.hints = hints;
        this.clock = clock;
        this.ticker = Thread.ofVirtual().name("progress-" + ref.source()).start(this::tick);
    }

    @Override
    public void planned(long bytesToCopy, long bytesPresent) {
        planned.set(bytesToCopy);
    }

    @Override
    public void copied(long bytes) throws BackupException {
        copied.addAndGet(bytes);
        cancellations.requireWanted(ref, run);
    }

    private void tick() {
        try {
            while (true) {
                Thread.sleep(TICK);
                hints.accept(report());
            }
        } catch (InterruptedException e) {
            // The copy is over.
            Thread.currentThread().interrupt();
        }
    }

    /** What there is to say now. It names no packs: those are for who copies ahead, from staging's writers. */
    BackupProgress report() {
        return new BackupProgress(
                ref.source().value(),
                run,
                Optional.of(ref.artifact().value()),
                SHIP,
                Optional.of(target.value()),
                copied.get(),
                planned.get(),
                List.of(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS));
    }

    @Override
    public void close() {
        ticker.interrupt();
    }
}
