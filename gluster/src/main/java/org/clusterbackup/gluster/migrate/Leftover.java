package org.clusterbackup.gluster.migrate;

import java.nio.file.Path;

/**
 * An old name that is still somewhere.
 *
 * @param file relative to the folder that was searched
 * @param line from 1; 0 if it is in the file's own name
 * @param actedOn whether glusterd acts on it; otherwise it is for a person to judge
 */
public record Leftover(Path file, int line, String name, boolean actedOn) {
    @Override
    public String toString() {
        return file + (line == 0 ? " is named after " : ":" + line + ": ") + name;
    }
}
