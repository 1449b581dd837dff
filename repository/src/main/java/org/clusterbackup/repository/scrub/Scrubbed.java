package org.clusterbackup.repository.scrub;

import java.util.List;
import org.clusterbackup.repository.Sha256;

/**
 * What a scrub read and found.
 *
 * @param packs that were read
 * @param damaged packs whose bytes do not match their name, and those that are missing though an artifact needs them
 */
public record Scrubbed(long packs, long bytes, List<Sha256> damaged) {
    public Scrubbed {
        damaged = List.copyOf(damaged);
    }
}
