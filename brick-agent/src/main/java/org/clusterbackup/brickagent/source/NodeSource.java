package org.clusterbackup.brickagent.source;

import org.clusterbackup.agent.source.LocalSource;

/** Something that this node backs up. */
public sealed interface NodeSource extends LocalSource permits BrickSource, HostSource {
    /** The node's stable name. */
    String node();
}
