package org.clusterbackup.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.StoreListener;
import org.jspecify.annotations.Nullable;

/** Says that a repository does not answer, now and then while it is waited for, and that it is back. One a repository. */
final class Waiting implements StoreListener {
    /** What is over sooner is not worth a line. */
    private static final Duration SILENT = Duration.ofSeconds(5);

    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final Console console;
    private final LongSupplier nanos;
    private @Nullable Long since;
    private @Nullable Long told;

    Waiting(Console console) {
        this(console, System::nanoTime);
    }

    /** @param nanos a clock */
    Waiting(Console console, LongSupplier nanos) {
        this.console = console;
        this.nanos = nanos;
    }

    @Override
    public void done(Operation operation, long bytes, long took, Optional<Kind> failure) {}

    @Override
    public synchronized void waits(String location, BackupException failure, Duration atMost) {
        var now = nanos.getAsLong();
        if (since == null) {
            since = now;
        }
        if (passed(since, now).compareTo(SILENT) < 0
                || (told != null && passed(told, now).compareTo(AGAIN) < 0)) {
            return;
        }
        told = now;
        console.remark(location + " does not answer (" + failure.getMessage() + "); tried for "
                + Sizes.time(passed(since, now)) + ", goes on when it is back, for " + Sizes.time(atMost)
                + " more at most; Ctrl-C ends it");
    }

    @Override
    public synchronized void answers(String location) {
        if (since != null && told != null) {
            console.remark(
                    location + " answers again, after " + Sizes.time(passed(since, nanos.getAsLong())) + ": going on");
        }
        since = null;
        told = null;
    }

    private static Duration passed(long from, long to) {
        return Duration.ofNanos(to - from);
    }
}
