package org.clusterbackup.service;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.clusterbackup.repository.BackupException;

/** Repeats what is retryable, with growing pauses, until a deadline. */
public final class Retry {
    private final Duration first;
    private final Duration longest;
    private final Clock clock;
    private final RandomGenerator random;
    private final Pause pause;

    /** How to wait; tests do not. */
    @FunctionalInterface
    interface Pause {
        void of(Duration time) throws InterruptedException;
    }

    /** What is tried. */
    @FunctionalInterface
    public interface Attempt<T> {
        T run() throws BackupException, InterruptedException;
    }

    /**
     * Pauses grow from {@code first} to {@code longest}, doubling, each shortened by up to half at random, so that
     * those who failed together do not come back together.
     */
    public Retry(Duration first, Duration longest) {
        this(first, longest, Clock.systemUTC(), RandomGenerator.getDefault(), Thread::sleep);
    }

    Retry(Duration first, Duration longest, Clock clock, RandomGenerator random, Pause pause) {
        this.first = first;
        this.longest = longest;
        this.clock = clock;
        this.random = random;
        this.pause = pause;
    }

    /**
     * @param onRetry told each failure after which there will be another attempt, and the pause before it
     * @throws BackupException the last failure, if it is not retryable or no time is left for another attempt
     */
    public <T> T until(Instant deadline, Attempt<T> attempt, BiConsumer<BackupException, Duration> onRetry)
            throws BackupException, InterruptedException {
        for (var longestNow = first; ; longestNow = next(longestNow)) {
            try {
                return attempt.run();
            } catch (BackupException e) {
                var wait = shortened(longestNow);
                if (!e.kind().retryable() || !clock.instant().plus(wait).isBefore(deadline)) {
                    throw e;
                }
                onRetry.accept(e, wait);
                pause.of(wait);
            }
        }
    }

    private Duration next(Duration now) {
        var doubled = now.multipliedBy(2);
        return doubled.compareTo(longest) < 0 ? doubled : longest;
    }

    private Duration shortened(Duration longestNow) {
        return longestNow.minusMillis((long) (random.nextDouble() * longestNow.toMillis() / 2));
    }
}
