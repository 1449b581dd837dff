package org.clusterbackup.gluster.migrate;

import java.util.Optional;

/**
 * Bricks that lie elsewhere now.
 *
 * @param host old name of the only server that it is about; absent for all
 * @param from a folder; what lies below it goes along
 */
public record BrickPath(Optional<String> host, String from, String to) {
    boolean holds(String path) {
        return isBelow(path, from);
    }

    String moved(String path) {
        return to + path.substring(from.length());
    }

    static boolean isBelow(String path, String folder) {
        return path.equals(folder) || path.startsWith(folder + "/");
    }
}
