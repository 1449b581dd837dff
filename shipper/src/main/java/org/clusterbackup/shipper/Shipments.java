package org.clusterbackup.shipper;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.clusterbackup.events.ArtifactShipped;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.service.Retry;
import org.clusterbackup.service.Workers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is to be shipped: one worker a source, each artifact once however often it was asked for. What can be retried is
 * retried until the artifact's time is up; then, or at once when a retry cannot help, it is a final failure. Thread-safe.
 */
final class Shipments implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shipments.class);

    private final Opening opening;
    private final Announcer announcer;
    private final Duration within;
    private final Clock clock;
    private final Retry retry = new Retry(Duration.ofSeconds(1), Duration.ofMinutes(1));
    private final Workers workers = new Workers("ship");
    private final Map<ArtifactRef, CompletableFuture<Void>> pending = new ConcurrentHashMap<>();
    private final Map<SourceName, ArtifactRef> told = new ConcurrentHashMap<>();

    Shipments(Opening opening, Announcer announcer, Duration within, Clock clock) {
        this.opening = opening;
        this.announcer = announcer;
        this.within = within;
        this.clock = clock;
    }

    /**
     * Returns at once.
     *
     * @param run of the artifact, for the failure that may have to be told
     * @return completes when the artifact was announced as shipped or as failed for good; never if the service stops
     */
    CompletableFuture<Void> request(ArtifactRef ref, Optional<String> run) {
        var mine = new CompletableFuture<Void>();
        var before = pending.putIfAbsent(ref, mine);
        if (before != null) {
            return before;
        }
        var _ = workers.enqueue(ref.source().value(), () -> ship(ref, run)).whenComplete((_, failure) -> {
            pending.remove(ref);
            if (failure == null) {
                mine.complete(null);
            } else {
                LOG.error("artifact was not shipped artifact={}", ref, failure);
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }

    private void ship(ArtifactRef ref, Optional<String> run) throws InterruptedException {
        var ends = opening.await();
        try {
            var shipped = retry.until(
                    deadline(ref), () -> attempt(ends, ref, run), (e, wait) -> tellRetry(ref, run, e, wait));
            if (shipped.isPresent()) {
                announcer.announce(shipped.get());
                told.put(ref.source(), ref);
                log(shipped.get());
            }
        } catch (BackupException e) {
            LOG.warn("cannot ship kind={} artifact={} target={}: {}", e.kind(), ref, ends.name(), e.getMessage());
            announcer.announce(failed(ref, run, ends, e, true));
        } catch (RuntimeException e) {
            // A mistake of ours must not look like an artifact that is still on its way.
            LOG.error("cannot ship artifact={} target={}", ref, ends.name(), e);
            announcer.announce(failed(ref, run, ends, new BackupException(Kind.FAILED, "unexpected: " + e, e), true));
        }
    }

    private Optional<ArtifactShipped> attempt(Ends ends, ArtifactRef ref, Optional<String> run) throws BackupException {
        try (var progress = new ShipProgress(ref, run, ends.name(), announcer::hint, clock)) {
            return new Shipment(ends).ship(ref, progress);
        }
    }

    private Instant deadline(ArtifactRef ref) {
        return ref.artifact().time().plus(within);
    }

    private void tellRetry(ArtifactRef ref, Optional<String> run, BackupException e, Duration wait) {
        LOG.warn("trying again in {} s artifact={}: {}", wait.toSeconds(), ref, e.getMessage());
        announcer.hint(failed(ref, run, opening.now(), e, false));
    }

    private BackupFailed failed(ArtifactRef ref, Optional<String> run, Ends ends, BackupException e, boolean ended) {
        return new BackupFailed(
                ref.source().value(),
                run,
                ShipProgress.SHIP,
                Optional.of(ends.name().value()),
                Announcer.word(e.kind()),
                String.valueOf(e.getMessage()),
                ended,
                clock.instant());
    }

    private static void log(ArtifactShipped shipped) {
        LOG.info(
                "artifact shipped source={} artifact={} target={} copied={} present={}",
                shipped.source(),
                shipped.artifact(),
                shipped.target(),
                shipped.bytesCopied(),
                shipped.bytesPresent());
    }

    /** Announces an artifact that stands at the target already, unless it is the last that was announced of its source. */
    void announceStanding(ArtifactRef ref) throws BackupException, InterruptedException {
        if (!ref.equals(told.get(ref.source()))) {
            announcer.announce(new Shipment(opening.await()).standing(ref));
            told.put(ref.source(), ref);
        }
    }

    /** Nothing counts as announced any more. */
    void forget() {
        told.clear();
    }

    /** Artifacts that are asked for and not done. */
    int owed() {
        return pending.size();
    }

    @Override
    public void close() {
        workers.close();
    }
}
