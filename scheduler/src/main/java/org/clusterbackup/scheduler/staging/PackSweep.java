package org.clusterbackup.scheduler.staging;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.SmallObject;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.copy.CondemnedPacks;
import org.clusterbackup.repository.retention.NeededPacks;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;

/** Deletes packs that nothing needs in two phases: condemned first, deleted a grace period later after looking again. */
final class PackSweep {
    /** The store's clock, which dates condemned files, against the broker's, which dates requests. */
    private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

    private final ObjectStore staging;
    private final Listing listing;
    private final NeededPacks needed;
    private final CondemnedPacks condemnedFiles;

    PackSweep(ObjectStore staging, Listing listing) {
        this.staging = staging;
        this.listing = listing;
        this.needed = new NeededPacks(staging, _ -> true);
        this.condemnedFiles = new CondemnedPacks(staging);
    }

    void need(PackList packs) {
        needed.need(packs);
    }

    /** Of an artifact that cannot be believed too much is kept rather than too little. */
    void needNamesIn(String list) throws BackupException {
        var _ = needed.needNamesIn(list);
    }

    /** Stored bytes of what stays: packs that are needed or were stored at {@code since} or later. */
    long bytesThatStay(Instant since) throws BackupException {
        var gone = new long[1];
        listing.packs.forEach((pack, size) -> {
            if (!needed.contains(pack) && listing.packIsOlder(pack, since)) {
                gone[0] += size;
            }
        });
        return listing.bytes - gone[0];
    }

    /** Damaged packs that nothing needs go at once, then their markers; of a pack that was stored again only its marker. */
    int damaged() throws BackupException {
        var deleted = 0;
        for (var marker : listing.damaged) {
            var pack = marker.name().substring("damaged/".length());
            if (!PackSet.isName(pack)) {
                continue;
            }
            if (!needed.contains(pack)) {
                staging.delete(PackSet.path(pack));
                staging.delete(marker.name());
                deleted++;
            } else if (isNewer(PackSet.path(pack), marker)) {
                staging.delete(marker.name());
            }
        }
        return deleted;
    }

    private boolean isNewer(String object, ObjectInfo than) throws BackupException {
        return staging.stat(object)
                .filter(there -> there.modified().isAfter(than.modified()))
                .isPresent();
    }

    /**
     * Deletes what was condemned a grace period ago and is still not needed; the file goes last.
     *
     * @param pending takes the packs that stay condemned
     */
    int condemned(Duration grace, Optional<Instant> writingSince, Set<String> pending) throws BackupException {
        var deleted = 0;
        for (var file : listing.condemned) {
            var packs = lines(staging, file.name());
            // A backup that was begun before the pack was condemned may have looked before, and commit what needs it.
            var mayBeUsed = writingSince
                    .filter(since -> file.modified().isAfter(since.minus(CLOCKS_DIFFER)))
                    .isPresent();
            if (mayBeUsed || file.modified().plus(grace).isAfter(listing.now)) {
                pending.addAll(packs);
                continue;
            }
            for (var pack : packs) {
                // Without encryption a writer may have stored a condemned pack again, under its name.
                if (PackSet.isName(pack) && !needed.contains(pack) && !isNewer(PackSet.path(pack), file)) {
                    staging.delete(PackSet.path(pack));
                    listing.packs.remove(pack);
                    deleted++;
                }
            }
            staging.delete(file.name());
        }
        return deleted;
    }

    /** Condemns what nothing needs and was stored before {@code before}. */
    int condemn(Set<String> pending, Instant before) throws BackupException {
        var condemned = new ArrayList<String>();
        listing.packs.forEach((pack, _) -> {
            if (condemned.size() < CondemnedPacks.MOST
                    && listing.packIsOlder(pack, before)
                    && !needed.contains(pack)
                    && !pending.contains(pack)) {
                condemned.add(pack);
            }
        });
        if (!condemned.isEmpty()) {
            condemnedFiles.add(condemned);
        }
        return condemned.size();
    }

    static List<String> lines(ObjectStore staging, String name) throws BackupException {
        return new String(SmallObject.read(staging, name, SmallObject.MAX_WORK_FILE_BYTES), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
