package org.clusterbackup.brickagent.backup;

import org.clusterbackup.agent.backup.StreamPlan;
import org.clusterbackup.agent.backup.Streams;
import org.clusterbackup.agent.source.LocalSource;
import org.clusterbackup.brickagent.source.BrickSource;
import org.clusterbackup.brickagent.source.HostSource;
import org.clusterbackup.brickagent.source.NodeSource;
import org.clusterbackup.repository.BackupException;

/** Everything that a node has. */
public record NodeStreams(BrickStreams bricks, HostStreams hosts) implements Streams {
    @Override
    public StreamPlan prepare(LocalSource source) throws BackupException {
        return switch ((NodeSource) source) {
            case BrickSource brick -> bricks.prepare(brick);
            case HostSource host -> hosts.prepare(host);
        };
    }
}
