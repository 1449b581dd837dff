package org.clusterbackup.repository.store;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** A token bucket that all transfers of a direction share: at most so many bytes a second, a quarter second at once. */
public final class RateLimit {
    private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();
    private static final long BURST_NANOS = NANOS_PER_SECOND / 4;

    private final long bytesPerSecond;
    private final Retries.Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    /** When all bytes granted so far will have passed at the limited rate. */
    private long paidUntil;

    /** @param bytesPerSecond more than 0 */
    public RateLimit(long bytesPerSecond) {
        this(bytesPerSecond, Retries.Clock.SYSTEM);
    }

    RateLimit(long bytesPerSecond, Retries.Clock clock) {
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
        this.paidUntil = clock.nanos() - BURST_NANOS;
    }

    /** How many bytes to move between two calls of {@link #take}, so that the flow is even. */
    int stepBytes() {
        return Math.clamp(bytesPerSecond / 20, 1 << 10, 1 << 16);
    }

    /** Returns when {@code bytes} more may have passed. */
    public void take(long bytes) throws InterruptedException {
        long wait;
        lock.lock();
        try {
            var now = clock.nanos();
            paidUntil = Math.max(paidUntil, now - BURST_NANOS)
                    + (long) ((double) bytes / bytesPerSecond * NANOS_PER_SECOND);
            wait = paidUntil - now;
        } finally {
            lock.unlock();
        }
        if (wait > 0) {
            clock.sleep(Duration.ofNanos(wait));
        }
    }
}
