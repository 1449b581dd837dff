package org.clusterbackup.brickagent.source;

import org.clusterbackup.repository.SourceName;

/** The node's own state: {@code host/<node>}. */
public record HostSource(SourceName name, String node) implements NodeSource {
    public static HostSource of(String node) {
        return new HostSource(SourceName.of("host", node), node);
    }
}
