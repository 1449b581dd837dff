package org.clusterbackup.agent.cluster;

import java.time.Instant;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.events.BackupRequest;

/** Whose turn it is among sources that hold the same. Decides from what it is given alone. */
public interface Turns {
    /** Stage of a {@code backup-progress} that says: not begun, but I will. */
    String QUEUE = "queue";

    /** @param since when this agent learnt of the request */
    Turn of(LocalSource source, BackupRequest request, Instant since, ClusterView view, Instant now);

    /** For sources that wait for no other. */
    static Turns always() {
        return (source, request, since, view, now) -> new Turn.Go();
    }
}
