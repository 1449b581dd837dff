package org.clusterbackup.repository.store;

import java.util.Optional;
import org.clusterbackup.repository.Kind;

/** Is told of every call to a store, for metrics. Called from any thread; must be quick and must not throw. */
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

    static StoreListener none() {
        return (operation, bytes, nanos, failure) -> {};
    }
}
