package org.clusterbackup.agent;

import java.util.List;
import java.util.function.Predicate;
import org.clusterbackup.agent.backup.Streams;
import org.clusterbackup.agent.cluster.ClusterView;
import org.clusterbackup.agent.cluster.Turns;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.agent.source.LocalSources;

/**
 * What tells one agent from another; a service produces it as its only bean.
 *
 * @param service the service's name, such as {@code brick-agent}
 * @param instance which of them it is, such as a node's name
 * @param view empty; the agent fills it
 * @param lanes of which the first that takes a source has it
 */
public record AgentParts(
        String service,
        String instance,
        AgentSettings settings,
        ClusterView view,
        LocalSources sources,
        Streams streams,
        Turns turns,
        List<LanePlan> lanes) {
    public AgentParts {
        lanes = List.copyOf(lanes);
    }

    /** Sources that share a limit of how many are read at once. */
    public record LanePlan(String name, int atOnce, Predicate<LocalSource> takes) {}

    /** The consumer group: every agent sees every request. */
    String group() {
        return service + "-" + instance;
    }
}
