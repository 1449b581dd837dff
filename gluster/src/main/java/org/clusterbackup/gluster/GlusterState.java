package org.clusterbackup.gluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.clusterbackup.repository.BackupException;

/**
 * What glusterd's working directory said at one moment.
 *
 * @param root glusterd's working directory, normally {@code /var/lib/glusterd}
 * @param server this server's UUID; absent on a node that has no glusterd
 * @param broken volumes or peers whose files could not be read, by name: the others count all the same
 */
public record GlusterState(
        Path root,
        Optional<String> server,
        List<Volume> volumes,
        List<Peer> peers,
        Map<String, BackupException> broken) {
    public GlusterState {
        volumes = List.copyOf(volumes);
        peers = List.copyOf(peers);
        broken = Map.copyOf(new TreeMap<>(broken));
    }

    /** Whether this server holds {@code brick}. */
    public boolean isOwn(Brick brick) {
        return server.filter(brick.server()::equals).isPresent();
    }

    /** The volume that is called {@code name}, if its files could be read. */
    public Optional<Volume> volume(String name) {
        return volumes.stream().filter(volume -> volume.name().equals(name)).findFirst();
    }
}
