package org.clusterbackup.brickagent.source;

import org.clusterbackup.repository.SourceName;

/** Something that this node backs up. */
public sealed interface LocalSource permits BrickSource, HostSource {
    SourceName name();

    /** The node's stable name. */
    String node();
}
