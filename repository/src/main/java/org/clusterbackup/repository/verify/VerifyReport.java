package org.clusterbackup.repository.verify;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
    private static final List<Kind> PRECEDENCE =
            List.of(Kind.NO_REPOSITORY, Kind.UNKNOWN_FORMAT, Kind.SIGNATURE, Kind.DAMAGED, Kind.NO_KEY, Kind.WARNINGS);

    public VerifyReport {
        kinds = Set.copyOf(kinds);
    }

    public boolean isWhole() {
        return kinds.isEmpty();
    }

    /** The kind whose exit code ends the command: of several the first of 15, 13, 14, 12, 3. */
    public Optional<Kind> gravest() {
        return kinds.stream().min(Comparator.comparingInt(VerifyReport::rank));
    }

    private static int rank(Kind kind) {
        var rank = PRECEDENCE.indexOf(kind);
        return rank < 0 ? PRECEDENCE.size() : rank;
    }
}
