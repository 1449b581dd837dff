package org.clusterbackup.k8sdumper.cluster;

import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.repository.SourceName;

/** The objects of one cluster: {@code kubernetes/<name>}. */
public record KubernetesSource(SourceName name) implements LocalSource {
    public static KubernetesSource of(String cluster) {
        return new KubernetesSource(SourceName.of("kubernetes", cluster));
    }
}
