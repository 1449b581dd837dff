package org.clusterbackup.k8sdumper;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.agent.AgentSettings;

/** What a k8s-dumper is told; {@code docs/configuration.md} says it to operators. */
@ConfigMapping(prefix = "clusterbackup")
public interface DumperConfig extends AgentSettings {
    Kubernetes kubernetes();

    interface Kubernetes {
        /** The cluster's stable name, part of its source's name and of the consumer group's. */
        String name();

        /** Where the API server is and how to log in; without it, in a pod, its service account. Read anew for each backup. */
        Optional<Path> kubeconfig();

        /** A context of the kubeconfig other than its current one. */
        Optional<String> context();

        /** Patterns of resources, as {@code kubectl} spells them: {@code deployments.apps}. */
        @WithDefault("*")
        List<String> include();

        /** Patterns of resources that are left out. */
        @WithDefault("events,events.events.k8s.io,leases.coordination.k8s.io,componentstatuses,*.metrics.k8s.io")
        List<String> exclude();

        /** How long a request is repeated while the API server does not answer, before the backup as a whole begins again. */
        @WithDefault("PT1M")
        Duration retryFor();
    }
}
