package org.clusterbackup.repository.copy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.artifact.Offsite;
import org.clusterbackup.repository.ledger.Scrub;
import org.jspecify.annotations.Nullable;

/**
 * Replaces damaged and missing packs of a target by those of another copy of the repository: a pack of the same name has
 * the same bytes. For one thread.
 */
public final class PackMending {
    private final Repository from;
    private final LedgerWriter writer;
    private final Repository to;
    /** What left staging; read when the first pack is missing there. */
    private @Nullable PackSet offsite;

    /**
     * @param from staging, where a pack is marked for its writers that is damaged, or that left it when the target had it;
     *     or another target
     * @param writer of the target that is mended
     * @throws BackupException {@code NO_REPOSITORY} if the two are no copies of one repository
     */
    public PackMending(Repository from, LedgerWriter writer) throws BackupException {
        this.from = from;
        this.writer = writer;
        this.to = writer.target();
        to.requireSameAs(from.description());
    }

    /**
     * What became of each pack.
     *
     * @param whole those that are whole now, with their sizes: replaced, or never damaged
     * @param failed the others, with the reason: {@code DAMAGED} or, where nothing may be replaced, {@code RETAINED}
     */
    public record Mended(Map<Sha256, Long> whole, Map<Sha256, BackupException> failed) {
        public Mended {
            whole = new TreeMap<>(whole);
            failed = new TreeMap<>(failed);
        }
    }

    /**
     * Mends what it can of {@code damaged}, one after the other, and enters that those packs are whole.
     *
     * @throws BackupException what says nothing of a pack, such as {@code UNREACHABLE}: the next call goes on
     */
    public Mended mend(Collection<Sha256> damaged, CopyListener listener) throws BackupException {
        var whole = new TreeMap<Sha256, Long>();
        var failed = new TreeMap<Sha256, BackupException>();
        var transfer = new PackTransfer(
                from.store(),
                to.store(),
                new TargetPacks(to.store()),
                1,
                !from.description().isTarget());
        try {
            for (var pack : damaged) {
                try {
                    whole.put(pack, mend(pack, transfer, listener));
                } catch (BackupException e) {
                    failed.put(pack, ofPack(pack, e));
                }
            }
        } finally {
            enter(whole, failed.keySet());
        }
        return new Mended(whole, failed);
    }

    private long mend(Sha256 pack, PackTransfer transfer, CopyListener listener) throws BackupException {
        var path = PackSet.path(pack);
        if (to.store().digests(List.of(path)).getFirst().filter(pack::equals).isEmpty()) {
            var there = from.store().stat(path);
            if (there.isEmpty()) {
                throw missing(pack);
            }
            transfer.move(
                    List.of(new PackTransfer.Wanted(pack.hex(), there.get().size(), false)), listener);
        }
        return to.store()
                .stat(path)
                .orElseThrow(() -> new BackupException(
                        Kind.DAMAGED,
                        path + " has gone again from " + to.store().location()))
                .size();
    }

    private BackupException missing(Sha256 pack) throws BackupException {
        var known = offsite;
        if (known == null) {
            known = new PackSet();
            if (!from.description().isTarget()) {
                var all = known;
                Offsite.forEach(from.store(), (name, stored) -> all.add(name, 0, stored));
            }
            offsite = known;
        }
        var what = PackSet.path(pack) + " is missing at " + from.store().location();
        if (!known.contains(pack.hex())) {
            return new BackupException(Kind.DAMAGED, what);
        }
        OffsiteGaps.mark(from.store(), pack.hex());
        return new BackupException(
                Kind.DAMAGED,
                what + ", which it left when every target had it; the next backup of its source stores its chunks"
                        + " again, and clusterbackup copy --repair from another target brings it back at once");
    }

    private BackupException ofPack(Sha256 pack, BackupException e) throws BackupException {
        if (e.kind() == Kind.NOT_PERMITTED) {
            return new BackupException(Kind.RETAINED, PackSet.path(pack) + " may not be replaced: " + e.getMessage(), e)
                    .withHint("the store is append-only, or its objects are locked: repair with a credential that may");
        }
        if (!e.kind().concernsObject()) {
            throw e;
        }
        return e;
    }

    /** An entry for each stretch of names in which no other pack lies: it says that all packs in it were read. */
    private void enter(Map<Sha256, Long> whole, Set<Sha256> failed) throws BackupException {
        if (whole.isEmpty()) {
            return;
        }
        writer.enter(chain -> {
            // A name that is followed by one that was not read, or that is missing, ends a stretch.
            var ends = new HashSet<Sha256>();
            var names = new TreeSet<>(whole.keySet());
            PackSet.list(to.store()).forEach((name, _) -> endBefore(new Sha256(name), names, ends));
            failed.forEach(pack -> endBefore(pack, names, ends));
            chain.scrubs().damaged().forEach(pack -> endBefore(pack, names, ends));
            var entries = new ArrayList<Scrub>();
            var stretch = new ArrayList<Sha256>();
            for (var name : names) {
                stretch.add(name);
                if (ends.contains(name) || name.equals(names.last())) {
                    var bytes = stretch.stream().mapToLong(whole::get).sum();
                    entries.add(new Scrub(stretch.getFirst(), name, stretch.size(), bytes, List.of()));
                    stretch.clear();
                }
            }
            return entries;
        });
    }

    private static void endBefore(Sha256 other, NavigableSet<Sha256> names, Set<Sha256> ends) {
        var before = names.floor(other);
        if (before != null && !before.equals(other)) {
            ends.add(before);
        }
    }
}
