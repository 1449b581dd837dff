package org.clusterbackup.repository.copy;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a {@link Copier} works.
 *
 * @param inFlight packs that are moved at the same time; memory is this times the size of a pack
 * @param listingAge how old a listing of the target may be to prove that a pack is still there
 * @param spool a directory for lists that are too large for memory
 * @param owner who holds the target's lock, for those who wait
 */
public record CopyOptions(int inFlight, Duration listingAge, Path spool, String owner) {
    private static final int IN_FLIGHT = 4;

    public CopyOptions {
        if (inFlight < 1) {
            throw new IllegalArgumentException("at least one pack must be in flight: " + inFlight);
        }
    }

    public static CopyOptions defaults(Path spool, String owner) {
        return new CopyOptions(IN_FLIGHT, Duration.ofSeconds(30), spool, owner);
    }

    public CopyOptions withInFlight(int packs) {
        return new CopyOptions(packs, listingAge, spool, owner);
    }
}
