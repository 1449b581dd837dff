package org.clusterbackup.scheduler.staging;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;

/** What running backups deduplicate against, as they said in {@code bases/}. */
final class RunningBackups {
    private static final String FOLDER = "bases/";

    private final Listing listing;
    private final Predicate<String> indexOnly;
    private final Set<ArtifactRef> used = new HashSet<>();
    private final Set<ArtifactRef> usedWhole = new HashSet<>();
    private final List<String> doubts = new ArrayList<>();
    private Optional<Instant> since = Optional.empty();

    private RunningBackups(Listing listing, Predicate<String> indexOnly) {
        this.listing = listing;
        this.indexOnly = indexOnly;
    }

    /**
     * Reads what was listed, and sweeps what has expired.
     *
     * @param indexOnly sources of which staging keeps the index only
     */
    static RunningBackups read(
            ObjectStore staging, Listing listing, Duration abandonedAfter, Predicate<String> indexOnly)
            throws BackupException {
        var running = new RunningBackups(listing, indexOnly);
        for (var file : listing.bases) {
            var lines = PackSweep.lines(staging, file.name());
            if (lines.isEmpty() || running.expired(lines.getFirst(), file, abandonedAfter)) {
                staging.delete(file.name());
                continue;
            }
            running.since = Stream.concat(running.since.stream(), Stream.of(file.modified()))
                    .min(Comparator.naturalOrder());
            lines.subList(1, lines.size()).forEach(line -> running.base(file, line));
        }
        return running;
    }

    private void base(ObjectInfo file, String line) {
        var space = line.indexOf(' ');
        try {
            var ref = new ArtifactRef(
                    new SourceName(line.substring(0, Math.max(0, space))), new ArtifactId(line.substring(space + 1)));
            used.add(ref);
            var source = file.name().substring(FOLDER.length(), file.name().lastIndexOf('/'));
            if (!indexOnly.test(source)) {
                usedWhole.add(ref);
            }
            if (!listing.committed.contains(ref)) {
                doubts.add("a running backup uses " + ref + ", which is gone");
            }
        } catch (IllegalArgumentException e) {
            doubts.add(file.name() + " has a bad line");
        }
    }

    /** A file without a time is none that a backup wrote: it counts for as long as what nobody committed. */
    private boolean expired(String deadline, ObjectInfo file, Duration abandonedAfter) {
        try {
            return Instant.parse(deadline).isBefore(listing.now);
        } catch (DateTimeException e) {
            return file.modified().plus(abandonedAfter).isBefore(listing.now);
        }
    }

    /** When the oldest began. */
    Optional<Instant> since() {
        return since;
    }

    boolean use(ArtifactRef ref) {
        return used.contains(ref);
    }

    /** Whether one of a source uses it that is to be whole in staging. */
    boolean useWhole(ArtifactRef ref) {
        return usedWhole.contains(ref);
    }

    /** Why no pack may be deleted. */
    List<String> doubts() {
        return doubts;
    }
}
