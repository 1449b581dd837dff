package org.clusterbackup.repository.store;

import java.time.Duration;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Is told of every call to a store, for metrics and for who waits. Called from any thread; must be quick and must not throw. */
@FunctionalInterface
public interface StoreListener {
    /** What was done. Reading is told when the stream is closed. */
    enum Operation {
        CREATE,
        REPLACE,
        READ,
        STAT,
        LIST,
        DIGEST,
        DELETE
    }

    /**
     * @param bytes of the object that went to or came from the store; 0 for calls without a body
     * @param nanos from the call to its end
     * @param failure what it failed with
     */
    void done(Operation operation, long bytes, long nanos, Optional<Kind> failure);

    /**
     * A call failed for want of an answer, and is repeated after a pause.
     *
     * @param location of the store
     * @param atMost how long it is repeated yet
     */
    default void waits(String location, BackupException failure, Duration atMost) {}

    /** After {@link #waits} the store gave an answer. */
    default void answers(String location) {}

    static StoreListener none() {
        return (operation, bytes, nanos, failure) -> {};
    }
}
