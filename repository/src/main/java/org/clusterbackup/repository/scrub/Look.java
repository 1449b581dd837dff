package org.clusterbackup.repository.scrub;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.ledger.LedgerChain;
import org.clusterbackup.repository.ledger.Scrubs;

/**
 * The packs of a target by one listing, and those that are needed and not in it. Memory is that of the listing.
 *
 * @param missing the former; a later listing may have them
 */
record Look(PackSet listed, Set<String> missing) {
    /** So many packs are read between two entries. */
    static final int MOST = 1 << 14;

    /** One pack of a slice; one that is missing has the size {@link PackSet#ABSENT}. */
    record Pack(Sha256 name, long size) {
        boolean isMissing() {
            return size == PackSet.ABSENT;
        }

        long bytes() {
            return Math.max(0, size);
        }
    }

    /**
     * Packs in order of their names.
     *
     * @param to up to where these are all, inclusive
     */
    record Slice(Sha256 from, Sha256 to, List<Pack> packs) {
        long bytes() {
            return packs.stream().mapToLong(Pack::bytes).sum();
        }
    }

    /** What is done with a slice. */
    @FunctionalInterface
    interface Each {
        /** @return how far it was done, which is what the next begins after */
        Done slice(Slice slice) throws BackupException;
    }

    record Done(Sha256 to, long bytes) {}

    static Look at(Repository target, LedgerChain chain) throws BackupException {
        var listed = PackSet.list(target.store());
        var missing = new HashSet<String>();
        var needed = Needs.of(target, chain, name -> !listed.contains(name));
        needed.forEach(missing::add);
        return new Look(listed, missing);
    }

    /** Goes through all names once, from {@code start} on and from the least on again, until {@code budget} bytes are done. */
    void walk(Sha256 start, long budget, Each each) throws BackupException {
        var left = walk(start, Scrubs.LAST, budget, each);
        if (left > 0 && !start.equals(Scrubs.FIRST)) {
            walk(Scrubs.FIRST, Scrubs.previous(start), left, each);
        }
    }

    private long walk(Sha256 from, Sha256 to, long budget, Each each) throws BackupException {
        var left = budget;
        var begin = from;
        while (left > 0) {
            var done = each.slice(slice(begin, to, left, _ -> true));
            left -= done.bytes();
            if (done.to().equals(to)) {
                break;
            }
            begin = Scrubs.next(done.to());
        }
        return left;
    }

    /** The first packs of a stretch of names that {@code wanted} accepts: up to that with which they have {@code bytes}. */
    Slice slice(Sha256 from, Sha256 to, long bytes, Predicate<String> wanted) throws BackupException {
        var first = new First(from, to, bytes);
        listed.forEach((name, size) -> {
            if (wanted.test(name)) {
                first.offer(new Pack(new Sha256(name), size));
            }
        });
        missing.forEach(name -> first.offer(new Pack(new Sha256(name), PackSet.ABSENT)));
        return first.slice();
    }

    /** Keeps the least names, and of those no more than are wanted. */
    private static final class First {
        private final PriorityQueue<Pack> kept =
                new PriorityQueue<>(Comparator.comparing(Pack::name).reversed());
        private final Sha256 from;
        private final Sha256 to;
        private final long wanted;
        private long bytes;
        private boolean cut;

        First(Sha256 from, Sha256 to, long wanted) {
            this.from = from;
            this.to = to;
            this.wanted = wanted;
        }

        void offer(Pack pack) {
            if (pack.name().compareTo(from) < 0 || pack.name().compareTo(to) > 0) {
                return;
            }
            kept.add(pack);
            bytes += pack.bytes();
            while (kept.size() > MOST
                    || (kept.size() > 1 && bytes - kept.element().bytes() >= wanted)) {
                bytes -= kept.remove().bytes();
                cut = true;
            }
        }

        Slice slice() {
            var packs = kept.stream().sorted(Comparator.comparing(Pack::name)).toList();
            return new Slice(from, cut ? packs.getLast().name() : to, packs);
        }
    }
}
