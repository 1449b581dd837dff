package org.clusterbackup.brickagent;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.Startup;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;
import org.clusterbackup.brickagent.backup.BrickStreams;
import org.clusterbackup.brickagent.backup.HostStreams;
import org.clusterbackup.brickagent.child.Gentleness;
import org.clusterbackup.brickagent.cluster.TurnTaking;
import org.clusterbackup.brickagent.host.Scratch;
import org.clusterbackup.brickagent.source.LocalSources;
import org.clusterbackup.brickagent.xfs.BrickLocator;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.service.EventPublisher;
import org.clusterbackup.service.KafkaSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts an agent together: the only class that knows how its parts are made. */
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
    EventPublisher publisher(KafkaSettings kafka, AgentConfig config) {
        return new EventPublisher(kafka, "/brick-agent/" + config.node());
    }

    void close(@Disposes EventPublisher publisher) {
        publisher.close();
    }

    @Produces
    @Singleton
    @Startup
    Agent agent(KafkaSettings kafka, EventPublisher publisher, AgentConfig config, MeterRegistry registry) {
        var meters = new AgentMeters(registry);
        var agent = new Agent(parts(kafka, publisher, config, meters), config, AgentBeans::stop);
        registry.gauge("clusterbackup.backup.owed", agent, Agent::owed);
        agent.start();
        return agent;
    }

    void close(@Disposes Agent agent) {
        agent.close();
    }

    private static AgentParts parts(
            KafkaSettings kafka, EventPublisher publisher, AgentConfig config, AgentMeters meters) {
        var locator = new BrickLocator(config.hostRoot());
        var glusterd = locator.local(config.gluster().state());
        var bricks = config.bricks();
        var gentleness = new Gentleness(bricks.ioClass(), bricks.nice(), bricks.bytesPerSecond());
        return new AgentParts(
                new StagingOpening(config, meters.staging()),
                kafka,
                publisher,
                new LocalSources(config.node(), glusterd, locator),
                new BrickStreams(locator, gentleness),
                new HostStreams(
                        config.hostRoot(),
                        glusterd,
                        config.hostState().paths(),
                        Scratch.of(config.scratch(), config.node()),
                        gentleness),
                new TurnTaking(bricks.replicas(), bricks.stall()),
                meters);
    }

    /** One clear line, and an end that an orchestrator sees. */
    private static void stop(BackupException e) {
        LOG.error(
                "brick-agent stops kind={}: {}{}",
                e.kind(),
                e.getMessage(),
                e.hint().map(hint -> " (" + hint + ")").orElse(""));
        Quarkus.asyncExit(e.kind().exitCode());
    }
}
