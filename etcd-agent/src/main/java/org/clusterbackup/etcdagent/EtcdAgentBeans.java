package org.clusterbackup.etcdagent;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.clusterbackup.agent.AgentParts;
import org.clusterbackup.agent.cluster.ClusterView;
import org.clusterbackup.agent.cluster.Turns;
import org.clusterbackup.etcd.Access;
import org.clusterbackup.etcd.Cluster;
import org.clusterbackup.etcd.Endpoint;
import org.clusterbackup.etcdagent.snapshot.EtcdSource;
import org.clusterbackup.etcdagent.snapshot.EtcdSources;
import org.clusterbackup.etcdagent.snapshot.EtcdStreams;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.service.meter.CertificateMeters;

/** Puts together what of an agent is about etcd. */
@ApplicationScoped
class EtcdAgentBeans {
    @Produces
    @Singleton
    AgentParts parts(EtcdAgentConfig config, MeterRegistry registry) {
        CertificateMeters.register(
                registry,
                Map.of(
                        "etcd-ca", config.etcd().caFile(),
                        "etcd-client", config.etcd().certificateFile()));
        var source = EtcdSource.of(config.etcd().name());
        var cluster = cluster(config.etcd());
        return new AgentParts(
                "etcd-agent",
                config.etcd().name(),
                config,
                new ClusterView(
                        ready -> ready.source().equals(source.name().value()),
                        config.announce().lapse()),
                new EtcdSources(source, cluster),
                new EtcdStreams(cluster),
                Turns.always(),
                List.of(new AgentParts.LanePlan("etcd", 1, any -> true)));
    }

    private static Cluster cluster(EtcdAgentConfig.Etcd etcd) {
        var endpoints = new ArrayList<Endpoint>();
        for (var text : etcd.endpoints()) {
            try {
                endpoints.add(Endpoint.parse(text));
            } catch (BackupException e) {
                throw new IllegalArgumentException(
                        "clusterbackup.etcd.endpoints: " + e.getMessage() + ": "
                                + e.hint().orElse(""),
                        e);
            }
        }
        var access =
                new Access(etcd.caFile(), etcd.certificateFile(), etcd.keyFile(), etcd.userFile(), etcd.passwordFile());
        return new Cluster(endpoints, access);
    }
}
