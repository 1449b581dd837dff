package org.clusterbackup.shipper;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens both ends, and waits for one that is away: a target that is down must not look like a service that does not
 * start. What waiting cannot mend, such as a repository that is missing there, is fatal.
 */
final class Opening implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Opening.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final CompletableFuture<Ends> opened = new CompletableFuture<>();
    private final Opener opener;
    private final Consumer<BackupException> fatal;
    private final Thread thread;

    @FunctionalInterface
    interface Opener {
        Ends open() throws BackupException;
    }

    /** @param fatal told once, when there is nothing to wait for */
    Opening(Opener opener, Consumer<BackupException> fatal) {
        this.opener = opener;
        this.fatal = fatal;
        this.thread = Thread.ofVirtual().name("opening").start(this::run);
    }

    private void run() {
        try {
            while (!tryOnce()) {
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            LOG.debug("opening is told to end");
        }
    }

    private boolean tryOnce() {
        try {
            opened.complete(opener.open());
            return true;
        } catch (BackupException e) {
            if (e.kind().retryable()) {
                LOG.warn("waiting for a store kind={}: {}", e.kind(), e.getMessage());
                return false;
            }
            fatal.accept(e);
            return true;
        } catch (RuntimeException e) {
            fatal.accept(new BackupException(Kind.FAILED, "cannot open the ends: " + e, e));
            return true;
        }
    }

    boolean isDone() {
        return opened.isDone();
    }

    /** Waits as long as it takes. */
    Ends await() throws InterruptedException {
        try {
            return opened.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("never completed exceptionally", e);
        }
    }

    /** Where {@link #await} has returned before. */
    Ends now() {
        return opened.join();
    }

    @Override
    public void close() {
        thread.interrupt();
        var _ = opened.thenAccept(Ends::close);
    }
}
