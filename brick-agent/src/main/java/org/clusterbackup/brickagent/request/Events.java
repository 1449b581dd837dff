package org.clusterbackup.brickagent.request;

import org.clusterbackup.events.BackupEvent;
import org.clusterbackup.repository.BackupException;

/** Where events go. Every method may be called from any thread. */
public interface Events {
    /**
     * Returns when the brokers have the event.
     *
     * @throws BackupException UNREACHABLE if they did not take it in time
     */
    void publish(BackupEvent event) throws BackupException, InterruptedException;

    /** For what is said again soon anyway: returns at once, and may come to nothing. */
    void hint(BackupEvent event);
}
