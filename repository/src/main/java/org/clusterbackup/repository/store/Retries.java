package org.clusterbackup.repository.store;

import java.io.IOException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * Repeats what got no answer until it has one or the time is over. The pauses grow, each drawn between nothing and its
 * limit (<i>full jitter</i>, M. Brooker, Exponential Backoff And Jitter, AWS 2015), so that many clients do not come back
 * to a server at one moment.
 */
final class Retries {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

    private final Duration atFirst;
    private final Duration later;
    private final RandomGenerator random;
    private final Clock clock;
    private final Waiting waiting;

    /** Whether any call had an answer yet. */
    private volatile boolean answered;

    /** Whether somebody was told of a pause since the last answer. */
    private volatile boolean silent;

    Retries(Duration atMost, RandomGenerator random, Clock clock) {
        this(atMost, atMost, random, clock, Waiting.UNHEARD);
    }

    /**
     * @param atFirst for who has never answered: it may be the wrong address
     * @param later for who has answered before
     */
    Retries(Duration atFirst, Duration later, RandomGenerator random, Clock clock, Waiting waiting) {
        this.atFirst = atFirst;
        this.later = later;
        this.random = random;
        this.clock = clock;
        this.waiting = waiting;
    }

    /** Hears of pauses; called by several threads, and must be quick. */
    interface Waiting {
        Waiting UNHEARD = new Waiting() {
            @Override
            public void pauses(BackupException failure, Duration atMost) {}

            @Override
            public void answered() {}
        };

        /** @param atMost how long this call is repeated yet */
        void pauses(BackupException failure, Duration atMost);

        /** After pauses a call had an answer. */
        void answered();
    }

    /** Time that passes. */
    interface Clock {
        Clock SYSTEM = new Clock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void sleep(Duration time) throws InterruptedException {
                Thread.sleep(time);
            }
        };

        long nanos();

        void sleep(Duration time) throws InterruptedException;
    }

    @FunctionalInterface
    interface Call<T> {
        T call() throws BackupException;
    }

    @FunctionalInterface
    interface Action {
        void run() throws BackupException;
    }

    @FunctionalInterface
    interface Reading<T> {
        T read() throws BackupException, IOException;
    }

    void run(Action action) throws BackupException {
        call(() -> {
            action.run();
            return true;
        });
    }

    <T> T call(Call<T> call) throws BackupException {
        var attempts = new Attempts();
        while (true) {
            try {
                var result = call.call();
                noteAnswer();
                return result;
            } catch (BackupException e) {
                attempts.pauseAfter(e);
            }
        }
    }

    /** As {@link #call(Call)} for a stream that failed with {@code broken} just now. */
    <T> T call(IOException broken, Reading<T> reading) throws BackupException {
        var attempts = new Attempts();
        for (var last = broken; ; ) {
            attempts.pauseAfter(new BackupException(Kind.UNREACHABLE, "the read broke: " + last.getMessage(), last));
            try {
                var result = reading.read();
                noteAnswer();
                return result;
            } catch (IOException e) {
                last = e;
            } catch (BackupException e) {
                last = new IOException(e.getMessage(), requireWorthwhile(e));
            }
        }
    }

    private void noteAnswer() {
        answered = true;
        if (silent) {
            silent = false;
            waiting.answered();
        }
    }

    private static BackupException requireWorthwhile(BackupException e) throws BackupException {
        if (!isWorthwhile(e)) {
            throw e;
        }
        return e;
    }

    /** A full disk is not emptied within seconds; whoever waits longer for that does so with the whole upload. */
    private static boolean isWorthwhile(BackupException e) {
        return e.kind().retryable() && e.kind() != Kind.NO_SPACE;
    }

    private final class Attempts {
        private final long end = clock.nanos() + (answered ? later : atFirst).toNanos();
        private Duration limit = FIRST_PAUSE;

        void pauseAfter(BackupException e) throws BackupException {
            requireWorthwhile(e);
            var left = end - clock.nanos();
            if (left <= 0) {
                throw e;
            }
            silent = true;
            waiting.pauses(e, Duration.ofNanos(left));
            var pause = Math.min(left, random.nextLong(limit.toNanos()));
            var twice = limit.multipliedBy(2);
            limit = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
            try {
                clock.sleep(Duration.ofNanos(pause));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw e;
            }
        }
    }
}
