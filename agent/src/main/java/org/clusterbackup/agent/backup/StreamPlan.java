package org.clusterbackup.agent.backup;

import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.artifact.Origin;

/** A source that was looked at and can be read. */
public interface StreamPlan {
    /** About how long the stream will be; 0 is unknown. */
    long expectedBytes();

    /** Starts reading; the caller closes it. */
    ProvedStream open() throws BackupException;

    /** What the manifest says of it, after {@code stream} was read. */
    Origin origin(ProvedStream stream);
}
