package org.clusterbackup.shipper;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.clusterbackup.repository.BackupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is free at the target, where it tells: it is asked once in a while by a thread of its own, since it may not answer. */
final class TargetMeters {
    private static final Logger LOG = LoggerFactory.getLogger(TargetMeters.class);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final String target;
    private final Opening opening;
    private volatile double free = Double.NaN;

    TargetMeters(String target, Opening opening) {
        this.target = target;
        this.opening = opening;
    }

    /** Asks from now on, as long as the process lives. */
    void register(MeterRegistry registry) {
        Gauge.builder("clusterbackup.target.free.bytes", this, meters -> meters.free)
                .description("what can still be stored at the target; no value where it does not tell, as S3")
                .tag("target", target)
                .strongReference(true)
                .register(registry);
        Thread.ofVirtual().name("target-space").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                free = ask(opening.await());
                Thread.sleep(EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static double ask(Ends ends) {
        try {
            var bytes = ends.target().store().freeBytes();
            return bytes.isPresent() ? bytes.getAsLong() : Double.NaN;
        } catch (BackupException e) {
            LOG.debug("target does not tell what is free: {}", e.getMessage());
            return Double.NaN;
        }
    }
}
