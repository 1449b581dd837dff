package org.clusterbackup.scheduler.staging;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Offsite;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;

/** What one listing of staging found. */
final class Listing {
    final Set<ArtifactRef> committed = new HashSet<>();
    /** Objects of artifacts by their folder. */
    final Map<String, List<ObjectInfo>> artifacts = new HashMap<>();

    final PackSet packs = new PackSet();
    final List<ObjectInfo> condemned = new ArrayList<>();
    final List<ObjectInfo> bases = new ArrayList<>();
    final List<ObjectInfo> damaged = new ArrayList<>();
    final List<ObjectInfo> offsite = new ArrayList<>();
    long bytes;

    /**
     * The newest time at which anything was stored: never later than the store's clock is now, so that whatever is
     * old by this is old indeed, however wrong the clock here is.
     */
    Instant now = Instant.EPOCH;

    static Listing of(ObjectStore staging) throws BackupException {
        var listing = new Listing();
        staging.list("", listing::add);
        return listing;
    }

    private void add(ObjectInfo object) {
        now = object.modified().isAfter(now) ? object.modified() : now;
        bytes += object.size();
        var name = object.name();
        switch (name.substring(0, Math.max(0, name.indexOf('/')))) {
            case "artifacts" -> {
                artifacts
                        .computeIfAbsent(name.substring(0, name.lastIndexOf('/')), _ -> new ArrayList<>())
                        .add(object);
                ArtifactRef.committedBy(name).ifPresent(committed::add);
            }
            case PackSet.FOLDER -> {
                if (PackSet.isPath(name)) {
                    packs.add(PackSet.nameOf(name), object.size(), object.modified());
                }
            }
            case "condemned" -> condemned.add(object);
            case "bases" -> bases.add(object);
            case "damaged" -> damaged.add(object);
            case Offsite.FOLDER -> offsite.add(object);
            default -> {}
        }
    }

    /** Whether the pack was stored before {@code time}, by the store's clock; to the second, and in doubt not. */
    boolean packIsOlder(String pack, Instant time) {
        var second = time.truncatedTo(ChronoUnit.SECONDS);
        return packs.time(pack).filter(stored -> stored.isBefore(second)).isPresent();
    }
}
