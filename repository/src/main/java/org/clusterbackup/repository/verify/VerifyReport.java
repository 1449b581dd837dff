package org.clusterbackup.repository.verify;

import java.util.Set;
import org.clusterbackup.repository.Kind;

/**
 * What was looked at and how it ended.
 *
 * @param kinds of all errors found; empty means whole
 * @param packsProved packs whose bytes were read and have the digest of their name
 */
public record VerifyReport(
        Set<Kind> kinds,
        long errors,
        long notes,
        int artifacts,
        int ledgerEntries,
        int packs,
        long packBytes,
        long packsProved,
        long bytesProved) {
    public VerifyReport {
        kinds = Set.copyOf(kinds);
    }

    public boolean isWhole() {
        return kinds.isEmpty();
    }
}
