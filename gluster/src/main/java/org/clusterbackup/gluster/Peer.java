package org.clusterbackup.gluster;

import java.util.List;

/** Another server of the pool and the names it goes by, the first one first. */
public record Peer(String server, int state, List<String> hostnames) {
    public Peer {
        hostnames = List.copyOf(hostnames);
    }
}
