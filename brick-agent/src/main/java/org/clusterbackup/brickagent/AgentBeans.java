package org.clusterbackup.brickagent;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import org.clusterbackup.agent.AgentParts;
import org.clusterbackup.agent.cluster.ClusterView;
import org.clusterbackup.brickagent.backup.BrickStreams;
import org.clusterbackup.brickagent.backup.HostStreams;
import org.clusterbackup.brickagent.backup.NodeStreams;
import org.clusterbackup.brickagent.child.Gentleness;
import org.clusterbackup.brickagent.cluster.TurnTaking;
import org.clusterbackup.brickagent.host.Scratch;
import org.clusterbackup.brickagent.source.BrickSource;
import org.clusterbackup.brickagent.source.NodeSources;
import org.clusterbackup.brickagent.xfs.BrickLocator;

/** Puts together what of an agent is about bricks and hosts. */
@ApplicationScoped
class AgentBeans {
    @Produces
    @Singleton
    AgentParts parts(AgentConfig config) {
        var node = config.node();
        var view = new ClusterView(
                ready -> ready.node().filter(node::equals).isPresent(),
                config.announce().lapse());
        var locator = new BrickLocator(config.hostRoot());
        var glusterd = locator.local(config.gluster().state());
        var bricks = config.bricks();
        var gentleness = new Gentleness(bricks.ioClass(), bricks.nice(), bricks.bytesPerSecond());
        var scratch = Scratch.of(config.scratch(), node);
        Scratch.sweep(scratch);
        var hosts =
                new HostStreams(config.hostRoot(), glusterd, config.hostState().paths(), scratch, gentleness);
        return new AgentParts(
                "brick-agent",
                node,
                config,
                view,
                new NodeSources(node, glusterd, locator, view),
                new NodeStreams(new BrickStreams(locator, gentleness), hosts),
                new TurnTaking(bricks.replicas(), bricks.stall()),
                List.of(
                        new AgentParts.LanePlan("bricks", bricks.atOnce(), BrickSource.class::isInstance),
                        // A lane of its own, so that a node's small state never waits behind a brick.
                        new AgentParts.LanePlan("host", 1, source -> true)));
    }
}
