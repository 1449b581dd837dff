package org.clusterbackup.etcdagent.snapshot;

import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.repository.SourceName;

/** One etcd cluster: {@code etcd/<name>}. */
public record EtcdSource(SourceName name) implements LocalSource {
    public static EtcdSource of(String cluster) {
        return new EtcdSource(SourceName.of("etcd", cluster));
    }
}
