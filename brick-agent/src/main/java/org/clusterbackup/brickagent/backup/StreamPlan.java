package org.clusterbackup.brickagent.backup;

import org.clusterbackup.brickagent.child.ProvedStream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.artifact.Origin;

/** A source that was looked at and can be read. */
interface StreamPlan {
    /** About how long the stream will be; 0 is unknown. */
    long expectedBytes();

    /** Starts reading; the caller closes it. */
    ProvedStream open() throws BackupException;

    /** What the manifest says of it, after {@code stream} was read. */
    Origin origin(ProvedStream stream);
}
