package org.clusterbackup.repository.copy;

import org.clusterbackup.repository.BackupException;

/** Is told what a copy does; called from any thread, must be quick. */
public interface CopyListener {
    CopyListener NONE = new CopyListener() {};

    /** What is to be done in all, once it is known: stored bytes. */
    default void planned(long bytesToCopy, long bytesPresent) {}

    /**
     * So many more stored bytes are at the target.
     *
     * @throws BackupException to end the copy: nothing new is begun, and nothing committed
     */
    default void copied(long bytes) throws BackupException {}
}
