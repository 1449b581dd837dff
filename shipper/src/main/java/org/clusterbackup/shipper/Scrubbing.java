package org.clusterbackup.shipper;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.scrub.ScrubState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scrubs the target on a timer, for as long as the service runs. What fails is tried again the next time. */
final class Scrubbing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scrubbing.class);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final Opening opening;
    private final Function<Ends, ScrubRound> roundAt;
    private final Consumer<ScrubState> told;
    private final Duration pause;
    private final Thread thread;

    /**
     * @param told what is known after each round
     * @param every how often a share is due; 0 for never
     */
    Scrubbing(Opening opening, Function<Ends, ScrubRound> roundAt, Consumer<ScrubState> told, Duration every) {
        this.opening = opening;
        this.roundAt = roundAt;
        this.told = told;
        this.pause = every.compareTo(LONGEST_PAUSE) < 0 ? every : LONGEST_PAUSE;
        this.thread = Thread.ofVirtual().name("scrubbing").unstarted(this::run);
        if (every.isPositive()) {
            thread.start();
        }
    }

    private void run() {
        try {
            var ends = opening.await();
            var round = roundAt.apply(ends);
            while (true) {
                try {
                    told.accept(round.once());
                } catch (BackupException e) {
                    LOG.warn("not scrubbed kind={} target={}: {}", e.kind(), ends.name(), e.getMessage());
                } catch (RuntimeException e) {
                    // A mistake of ours must not end it: damage would stay unknown.
                    LOG.error("not scrubbed target={}", ends.name(), e);
                }
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            LOG.debug("scrubbing is told to end");
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
