package org.clusterbackup.gluster.migrate;

import java.nio.file.Path;

/** One thing that a migration changes; paths are relative to glusterd's working directory. */
public sealed interface Change {
    Path file();

    /** @param number from 1 */
    record Line(Path file, int number, String before, String after) implements Change {
        @Override
        public String toString() {
            return file + ":" + number + ": " + before + " → " + after;
        }
    }

    record Renamed(Path file, Path to) implements Change {
        @Override
        public String toString() {
            return file + " → " + to;
        }
    }

    /** glusterd makes it anew. */
    record Deleted(Path file) implements Change {
        @Override
        public String toString() {
            return file + " → deleted";
        }
    }
}
