package org.clusterbackup.repository.artifact;

import org.clusterbackup.repository.Sha256;

/**
 * What {@code contents} says of the whole stream, before its extents.
 *
 * @param sha256 of the plain stream
 * @param length of the plain stream
 */
public record Contents(String repository, ArtifactRef ref, Sha256 sha256, long length, long chunks, long extents) {
    static final String MAGIC = "clusterbackup contents 1";

    /** The lines before the extents. */
    String header() {
        return MAGIC + "\nrepository " + repository + "\nsource " + ref.source() + "\nartifact " + ref.artifact()
                + "\nsha256 " + sha256 + "\nlength " + length + "\nchunks " + chunks + "\nextents " + extents + "\n";
    }
}
