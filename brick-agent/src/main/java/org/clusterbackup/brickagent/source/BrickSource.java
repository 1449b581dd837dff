package org.clusterbackup.brickagent.source;

import java.util.Optional;
import org.clusterbackup.gluster.Brick;
import org.clusterbackup.gluster.Volume;
import org.clusterbackup.repository.SourceName;

/** One brick of this node: {@code brick/<volume>/<index>/<node>}. */
public record BrickSource(SourceName name, String node, Volume volume, Brick brick) implements NodeSource {
    public static BrickSource of(String node, Volume volume, Brick brick) {
        return new BrickSource(
                SourceName.of("brick", volume.name(), Integer.toString(brick.index()), node), node, volume, brick);
    }

    @Override
    public Optional<String> replicaSet() {
        return volume.isReplicated() ? Optional.of(volume.name() + "/" + volume.setOf(brick)) : Optional.empty();
    }

    /** Whether it holds names but no data, so that it can never stand for its set. */
    public boolean isArbiter() {
        return volume.isArbiter(brick);
    }
}
