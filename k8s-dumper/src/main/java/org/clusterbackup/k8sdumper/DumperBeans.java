package org.clusterbackup.k8sdumper;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import org.clusterbackup.agent.AgentParts;
import org.clusterbackup.agent.cluster.ClusterView;
import org.clusterbackup.agent.cluster.Turns;
import org.clusterbackup.k8sdumper.cluster.KubernetesCluster;
import org.clusterbackup.k8sdumper.cluster.KubernetesSource;
import org.clusterbackup.k8sdumper.cluster.KubernetesSources;
import org.clusterbackup.k8sdumper.cluster.KubernetesStreams;
import org.clusterbackup.kubernetes.api.ResourceFilter;
import org.clusterbackup.kubernetes.dump.DumpOptions;

/** Puts together what of an agent is about Kubernetes. */
@ApplicationScoped
class DumperBeans {
    @Produces
    @Singleton
    AgentParts parts(DumperConfig config) {
        var settings = config.kubernetes();
        var source = KubernetesSource.of(settings.name());
        var cluster = new KubernetesCluster(
                settings.kubeconfig(),
                settings.context(),
                new DumpOptions(
                        new ResourceFilter(settings.include(), settings.exclude()),
                        settings.retryFor(),
                        config.scratch().resolve("lists")));
        cluster.sweep();
        return new AgentParts(
                "k8s-dumper",
                settings.name(),
                config,
                new ClusterView(
                        ready -> ready.source().equals(source.name().value()),
                        config.announce().lapse()),
                new KubernetesSources(source, cluster),
                new KubernetesStreams(cluster),
                Turns.always(),
                List.of(new AgentParts.LanePlan("kubernetes", 1, any -> true)));
    }
}
