package org.clusterbackup.scheduler.staging;

import java.time.Instant;
import java.util.BitSet;
import java.util.Collection;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.Offsite;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.retention.NeededPacks;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * Takes packs out of staging that every target has, of sources of which only the index stays. A pack goes when every
 * artifact that needs it is at every target, and after each of them lists it: killed at any point, the pack or its
 * lists are there. Artifacts that took packs from one that has gone since inherit what its list said.
 */
final class PacksOffsite {
    private final ObjectStore staging;
    private final Listing listing;
    /** Packs in staging that something needs there. */
    private final NeededPacks held;
    /** What lists said when this began. */
    private final PackSet known = new PackSet();

    private final PackSet damaged = new PackSet();
    private final PackSet going = new PackSet();

    PacksOffsite(ObjectStore staging, Listing listing) throws BackupException {
        this.staging = staging;
        this.listing = listing;
        this.held = new NeededPacks(staging, listing.packs::contains);
        if (!listing.offsite.isEmpty()) {
            Offsite.forEach(staging, (name, stored) -> known.add(name, 0, stored));
        }
        for (var marker : listing.damaged) {
            var pack = marker.name().substring(marker.name().lastIndexOf('/') + 1);
            if (PackSet.isName(pack)) {
                damaged.add(pack, 0, Instant.EPOCH);
            }
        }
    }

    /** What an artifact may need that cannot be believed stays. */
    void holdNamesIn(String list) throws BackupException {
        var _ = held.needNamesIn(list);
    }

    /**
     * Lists what is not in staging or leaves it, then deletes it there.
     *
     * @param kept artifacts that are believed, with their lists of packs
     * @param leaves whether each target has it, proved, and its packs need not stay
     * @return how many packs left
     */
    int settle(Collection<Manifests.Verified> kept, Predicate<Manifests.Verified> leaves) throws BackupException {
        // The lists are read once more, so that who keeps all whole pays nothing for this.
        var some = kept.stream().anyMatch(leaves);
        for (var artifact : kept) {
            if (some && !leaves.test(artifact)) {
                held.need(PackList.read(staging, artifact.manifest()));
            }
        }
        for (var artifact : kept) {
            var leaving = leaves.test(artifact);
            if (leaving || known.count() > 0) {
                list(artifact.manifest(), leaving);
            }
        }
        going.forEach((pack, size) -> {
            staging.delete(PackSet.path(pack));
            listing.packs.remove(pack);
            listing.bytes -= size;
        });
        return going.count();
    }

    private void list(Manifest manifest, boolean leaves) throws BackupException {
        var packs = PackList.read(staging, manifest);
        var name = Offsite.list(manifest.ref());
        // Read just now: another scheduler may have listed more meanwhile, and deleted it.
        var before = new PackSet();
        var believed = read(name, before);
        var lines = new BitSet();
        for (var line = 1; line <= packs.count(); line++) {
            var pack = packs.name(line).hex();
            var size = listing.packs.size(pack);
            var goes = leaves && size == packs.size(line) && !held.contains(pack) && !damaged.contains(pack);
            if (goes) {
                going.add(pack, size, Instant.EPOCH);
            }
            // What staging lost is no other than what left it, once every target has the artifact.
            var away = size == PackSet.ABSENT && (leaves || known.contains(pack));
            if (goes || away || before.contains(pack)) {
                lines.set(line);
            }
        }
        if (!believed || lines.cardinality() != before.count()) {
            staging.replace(name, Offsite.body(packs, lines, pack -> stored(pack, before, manifest)));
        }
    }

    /** @return whether it could be read to its end */
    private boolean read(String list, PackSet into) throws BackupException {
        try {
            Offsite.read(staging, list, (name, stored) -> into.add(name, 0, stored));
            return true;
        } catch (BackupException e) {
            if (!e.kind().concernsObject()) {
                throw e;
            }
            return e.kind() == Kind.NOT_FOUND;
        }
    }

    private Instant stored(Sha256 pack, PackSet before, Manifest manifest) {
        var name = pack.hex();
        return listing.packs
                .time(name)
                .or(() -> before.time(name))
                .or(() -> known.time(name))
                .orElse(manifest.started());
    }

    /** Deletes the lists of artifacts that had gone before this pass: since then what they said was inherited. */
    void sweepLists() throws BackupException {
        var committed = listing.committed.stream().map(Offsite::list).collect(Collectors.toSet());
        for (var list : listing.offsite) {
            var name = list.name();
            if (!committed.contains(name) && ArtifactId.isValid(name.substring(name.lastIndexOf('/') + 1))) {
                staging.delete(name);
            }
        }
    }
}
