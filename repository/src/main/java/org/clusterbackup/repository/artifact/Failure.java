package org.clusterbackup.repository.artifact;

import java.util.concurrent.atomic.AtomicReference;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;

/** The first thing that went wrong on any of several threads. Thread-safe. */
final class Failure {
    private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

    void set(Throwable cause) {
        first.compareAndSet(null, cause);
    }

    boolean isSet() {
        return first.get() != null;
    }

    /** Throws what went wrong, on the thread that asks. */
    void check() throws BackupException {
        switch (first.get()) {
            case null -> {}
            case BackupException e -> {
                var here = new BackupException(e.kind(), String.valueOf(e.getMessage()), e);
                throw e.hint().map(here::withHint).orElse(here);
            }
            case Throwable e -> throw new BackupException(Kind.FAILED, "an unexpected failure: " + e, e);
        }
    }

    static BackupException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new BackupException(Kind.FAILED, "interrupted", e);
    }
}
