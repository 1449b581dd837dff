package org.clusterbackup.repository.scrub;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.copy.LedgerWriter;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.LedgerChain;
import org.clusterbackup.repository.ledger.Scrub;
import org.clusterbackup.repository.store.RateLimit;
import org.jspecify.annotations.Nullable;

/**
 * Reads back the packs of a target that were read longest ago, whole, in order of their names, and enters in the ledger what
 * it read and what is damaged. Where the far side computes digests it reads them there. Killed at any point, what was not
 * entered is read again. It holds the target's lock only while it enters. For one thread.
 */
public final class Scrubber {
    /** A kill costs no more reading than that. */
    private static final Duration BETWEEN_ENTRIES = Duration.ofHours(4);

    private static final int BATCH = 32;
    private static final long BATCH_BYTES = 64L << 20;

    private final LedgerWriter writer;
    private final Repository target;
    private final @Nullable RateLimit limit;

    /** @param bytesPerSecond that are read, over some packs; 0 for no limit */
    public Scrubber(LedgerWriter writer, long bytesPerSecond) {
        this.writer = writer;
        this.target = writer.target();
        this.limit = bytesPerSecond == 0 ? null : new RateLimit(bytesPerSecond);
    }

    /**
     * What a run would read.
     *
     * @param from the name at which it begins
     * @param missing packs that an artifact needs and that are not there
     */
    public record Plan(Sha256 from, long packs, long bytes, List<Sha256> missing) {
        public Plan {
            missing = List.copyOf(missing);
        }
    }

    /**
     * Says what a run would read now; it writes nothing and needs no key.
     *
     * @throws BackupException also if the ledger is damaged
     */
    public static Plan plan(Repository target, Ledger ledger, long budget) throws BackupException {
        var chain = ledger.read();
        chain.requireWhole();
        var look = Look.at(target, chain);
        var start = chain.scrubs().oldest();
        var packs = new long[1];
        var bytes = new long[1];
        look.walk(start, budget, slice -> {
            packs[0] += slice.packs().stream().filter(pack -> !pack.isMissing()).count();
            bytes[0] += slice.bytes();
            return new Look.Done(slice.to(), slice.bytes());
        });
        var missing = look.missing().stream().map(Sha256::new).sorted().toList();
        return new Plan(start, packs[0], bytes[0], missing);
    }

    /**
     * Reads packs until they have {@code budget} bytes, one at least, or each was read once.
     *
     * @throws BackupException {@code SIGNATURE} if the key may not sign for the ledger; {@code BUSY}; what
     *     {@link LedgerChain#requireWhole} throws; or what the store throws: what was entered until then stays
     */
    public Scrubbed run(long budget, ScrubListener listener) throws BackupException {
        writer.requireMaySign();
        var chain = writer.ledger().read();
        chain.requireWhole();
        var look = Look.at(target, chain);
        var all = new long[1];
        look.listed().forEach((_, size) -> all[0] += size);
        listener.planned(Math.min(budget, all[0]));
        var done = new ArrayList<Scrub>();
        look.walk(chain.scrubs().oldest(), budget, slice -> {
            var scrub = new Reading(look, slice, listener).enter();
            done.add(scrub);
            return new Look.Done(scrub.to(), scrub.bytes());
        });
        return new Scrubbed(
                done.stream().mapToLong(Scrub::packs).sum(),
                done.stream().mapToLong(Scrub::bytes).sum(),
                done.stream().flatMap(scrub -> scrub.damaged().stream()).toList());
    }

    /** Of one slice, which becomes one entry. */
    private final class Reading {
        private final Look look;
        private final Look.Slice slice;
        private final ScrubListener listener;
        private final long begun = System.nanoTime();
        /** What is wrong with each, by the first look. */
        private final Map<Sha256, String> suspects = new TreeMap<>();

        private Sha256 to;
        private long packs;
        private long bytes;

        Reading(Look look, Look.Slice slice, ScrubListener listener) {
            this.look = look;
            this.slice = slice;
            this.listener = listener;
            this.to = slice.to();
        }

        Scrub enter() throws BackupException {
            read(slice.packs());
            // What was stored meanwhile lies in the range, too.
            var since = new Look(PackSet.list(target.store()), new HashSet<>())
                    .slice(slice.from(), to, Long.MAX_VALUE, name -> !look.listed()
                            .contains(name));
            to = since.to();
            read(since.packs());
            var entry = new Scrub[1];
            writer.enter(chain -> {
                entry[0] = new Scrub(slice.from(), to, packs, bytes, damaged(chain));
                return List.of(entry[0]);
            });
            entry[0].damaged().forEach(pack -> listener.damaged(pack, suspects.getOrDefault(pack, "is damaged")));
            return entry[0];
        }

        private void read(List<Look.Pack> all) throws BackupException {
            var batch = new ArrayList<Look.Pack>();
            var batchBytes = 0L;
            for (var pack : all) {
                if (pack.isMissing()) {
                    suspects.put(pack.name(), "is missing");
                    continue;
                }
                batch.add(pack);
                batchBytes += pack.bytes();
                if (batch.size() == BATCH || batchBytes >= BATCH_BYTES) {
                    prove(batch);
                    batch.clear();
                    batchBytes = 0;
                    if (System.nanoTime() - begun > BETWEEN_ENTRIES.toNanos()) {
                        to = pack.name();
                        return;
                    }
                }
            }
            prove(batch);
        }

        private void prove(List<Look.Pack> batch) throws BackupException {
            if (batch.isEmpty()) {
                return;
            }
            var digests = target.store()
                    .digests(batch.stream()
                            .map(pack -> PackSet.path(pack.name()))
                            .toList());
            var read = 0L;
            for (var i = 0; i < batch.size(); i++) {
                var name = batch.get(i).name();
                var digest = digests.get(i);
                if (digest.isEmpty()) {
                    suspects.put(name, "is missing");
                    continue;
                }
                if (!digest.get().equals(name)) {
                    suspects.put(name, "does not have the digest that it is named by");
                }
                packs++;
                read += batch.get(i).bytes();
            }
            bytes += read;
            listener.read(read);
            pace(read);
        }

        /** What is still as it was found, and needed if it is not there: asked under the lock. */
        private List<Sha256> damaged(LedgerChain chain) throws BackupException {
            suspects.keySet().removeIf(pack -> pack.compareTo(to) > 0);
            if (suspects.isEmpty()) {
                return List.of();
            }
            var now = PackSet.list(target.store());
            var damaged = new ArrayList<Sha256>();
            var absent = new HashSet<String>();
            for (var pack : suspects.keySet()) {
                if (!now.contains(pack.hex())) {
                    absent.add(pack.hex());
                } else if (isAsBefore(pack, now)) {
                    damaged.add(pack);
                }
            }
            damaged.addAll(ScrubState.missing(target, chain, absent));
            damaged.sort(null);
            return damaged;
        }

        private boolean isAsBefore(Sha256 pack, PackSet now) {
            var name = pack.hex();
            // One that came while the rest was read was looked at last.
            return (!look.listed().contains(name) && !look.missing().contains(name))
                    || (now.size(name) == look.listed().size(name)
                            && now.time(name).equals(look.listed().time(name)));
        }
    }

    private void pace(long bytes) throws BackupException {
        if (limit == null) {
            return;
        }
        try {
            limit.take(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted while a scrub waited for its bandwidth", e);
        }
    }
}
