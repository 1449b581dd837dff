package org.clusterbackup.agent.source;

import java.util.Optional;
import org.clusterbackup.repository.SourceName;

/** Something that an agent backs up. */
public interface LocalSource {
    SourceName name();

    /** The name that sources which hold the same files share; none if no other source does. */
    default Optional<String> replicaSet() {
        return Optional.empty();
    }
}
