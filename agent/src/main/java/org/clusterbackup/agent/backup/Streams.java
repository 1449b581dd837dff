package org.clusterbackup.agent.backup;

import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.repository.BackupException;

/** How an agent's sources are read. */
public interface Streams {
    /**
     * Looks at {@code source}, of which nothing is read yet.
     *
     * @throws BackupException if it cannot be read now
     */
    StreamPlan prepare(LocalSource source) throws BackupException;
}
