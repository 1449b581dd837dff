package org.clusterbackup.agent;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.Startup;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.service.EventPublisher;
import org.clusterbackup.service.KafkaSettings;
import org.clusterbackup.service.meter.CertificateMeters;
import org.clusterbackup.service.meter.StoreMeters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts an agent together of what every agent has and of the service's {@link AgentParts}. */
@ApplicationScoped
class AgentBeans {
    private static final Logger LOG = LoggerFactory.getLogger(AgentBeans.class);

    @Produces
    @Singleton
    KafkaSettings kafka(@Identifier("default-kafka-broker") Map<String, Object> properties) {
        return new KafkaSettings(properties);
    }

    @Produces
    @Singleton
    EventPublisher publisher(KafkaSettings kafka, AgentParts parts) {
        return new EventPublisher(kafka, "/" + parts.service() + "/" + parts.instance());
    }

    void close(@Disposes EventPublisher publisher) {
        publisher.close();
    }

    @Produces
    @Singleton
    @Startup
    Agent agent(KafkaSettings kafka, EventPublisher publisher, AgentParts parts, MeterRegistry registry) {
        var meters = new AgentMeters(registry);
        var opening = new StagingOpening(parts.settings(), new StoreMeters(registry).of("staging"));
        var agent = new Agent(parts, opening, kafka, publisher, meters, e -> stop(parts.service(), e));
        meters.owed(agent);
        CertificateMeters.register(
                registry, Map.of("staging", parts.settings().staging().caFile()));
        CertificateMeters.register(registry, kafka);
        agent.start();
        return agent;
    }

    void close(@Disposes Agent agent) {
        agent.close();
    }

    /** One clear line, and an end that an orchestrator sees. */
    private static void stop(String service, BackupException e) {
        LOG.error(
                "{} stops kind={}: {}{}",
                service,
                e.kind(),
                e.getMessage(),
                e.hint().map(hint -> " (" + hint + ")").orElse(""));
        Quarkus.asyncExit(e.kind().exitCode());
    }
}
