package org.clusterbackup.shipper;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.clusterbackup.events.ArtifactShipped;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
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
    private final Cancellations cancellations;
    private final Duration within;
    private final Clock clock;
    private final Retry retry = new Retry(Duration.ofSeconds(1), Duration.ofMinutes(1));
    private final Workers workers = new Workers("ship");
    private final Map<ArtifactRef, CompletableFuture<Void>> pending = new ConcurrentHashMap<>();
    /** Announced as shipped. */
    private final Set<ArtifactRef> told = ConcurrentHashMap.newKeySet();
    /** Why those failed for good that are staged still: reconciliation goes on trying, and says it once. */
    private final Map<ArtifactRef, String> ended = new ConcurrentHashMap<>();

    Shipments(Opening opening, Announcer announcer, Cancellations cancellations, Duration within, Clock clock) {
        this.opening = opening;
        this.announcer = announcer;
        this.cancellations = cancellations;
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
            ended.remove(ref);
            if (shipped.isPresent()) {
                announcer.announce(shipped.get());
                told.add(ref);
                log(shipped.get());
            }
        } catch (BackupException e) {
            tellEnd(failed(ref, run, ends, e, true), ref, e);
        } catch (RuntimeException e) {
            // A mistake of ours must not look like an artifact that is still on its way.
            var failure = new BackupException(Kind.FAILED, "unexpected: " + e, e);
            tellEnd(failed(ref, run, ends, failure, true), ref, e);
        }
    }

    /** Once, until another reason ends it. */
    private void tellEnd(BackupFailed failed, ArtifactRef ref, Exception e) throws InterruptedException {
        var why = failed.kind() + ": " + failed.message();
        if (why.equals(ended.put(ref, why))) {
            LOG.debug("still not shipped artifact={}: {}", ref, failed.message());
            return;
        }
        if (e instanceof BackupException) {
            LOG.warn("cannot ship kind={} artifact={}: {}", failed.kind(), ref, failed.message());
        } else {
            LOG.error("cannot ship artifact={}", ref, e);
        }
        announcer.announce(failed);
    }

    private Optional<ArtifactShipped> attempt(Ends ends, ArtifactRef ref, Optional<String> run) throws BackupException {
        cancellations.requireWanted(ref, run);
        try (var progress = new ShipProgress(ref, run, ends.name(), cancellations, announcer::hint, clock)) {
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
                cancellations.have(ref, run) ? BackupFailed.CANCELLED : e.kind().text(),
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

    /** Announces an artifact that stands at the target already, unless it was announced. */
    void announceStanding(ArtifactRef ref) throws BackupException, InterruptedException {
        if (!told.contains(ref)) {
            announcer.announce(new Shipment(opening.await()).standing(ref));
            told.add(ref);
        }
    }

    /** Nothing counts as announced any more. */
    void forget() {
        told.clear();
        ended.clear();
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
