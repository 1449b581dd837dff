package org.clusterbackup.repository.artifact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.RepositoryPlan;
import org.jspecify.annotations.Nullable;

/**
 * The plain bytes of the packs that a reader needs, fetched ahead in the order of the extents. All extents are known,
 * so when memory is full the pack that is needed farthest ahead goes (Belady), into a working file while there is room.
 * Used by one thread; closed by it, too.
 */
final class PackCache implements AutoCloseable {
    /** What a pack whose plain length is not known yet is taken for: zstd seldom does better. */
    private static final int EXPANSION = 4;

    private final Extents extents;
    private final PackList packs;
    private final Packs reader;
    private final ReaderOptions options;
    private final Spool spool;
    private final ExecutorService threads;
    private final int window;
    private final Map<Integer, Entry> entries = new HashMap<>();
    private long held;
    private long spilled;
    /** The first extent that was not looked at ahead. */
    private int ahead;
    /** Packs that were fetched ahead and not yet used. */
    private int waiting;

    /** Where the plain bytes of a pack come from; asked by several threads. */
    interface Packs {
        byte[] read(int line) throws BackupException;
    }

    private static final class Entry {
        private final int line;
        private @Nullable Future<byte[]> bytes;
        private Optional<Path> file = Optional.empty();
        private long charge;
        private int nextUse;
        private boolean unused;

        Entry(int line) {
            this.line = line;
        }
    }

    PackCache(Extents extents, PackList packs, Packs reader, ReaderOptions options, Spool spool) {
        this.extents = extents;
        this.packs = packs;
        this.reader = reader;
        this.options = options;
        this.spool = spool;
        window = 2 * options.threads();
        threads = Executors.newFixedThreadPool(
                options.threads(), Thread.ofPlatform().daemon().name("open-", 0).factory());
    }

    /** The plain bytes of the pack of {@code extent}: to be asked for each in turn, and used before the next is. */
    byte[] get(int extent) throws BackupException, InterruptedException {
        lookAhead(extent);
        var entry = entry(extents.pack(extent));
        var bytes = await(entry);
        if (entry.unused) {
            entry.unused = false;
            waiting--;
        }
        held += bytes.length - entry.charge;
        entry.charge = bytes.length;
        entry.nextUse = extents.next(extent);
        if (entry.nextUse == Extents.NEVER) {
            drop(entry);
        }
        return bytes;
    }

    private Entry entry(int line) {
        return entries.computeIfAbsent(line, Entry::new);
    }

    private static byte[] await(Entry entry) throws BackupException, InterruptedException {
        var future = entry.bytes;
        if (future == null) {
            throw new IllegalStateException("pack was not fetched ahead: line " + entry.line);
        }
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case BackupException cause -> cause;
                case Throwable cause -> new BackupException(Kind.FAILED, "an unexpected failure: " + cause, cause);
            };
        }
    }

    /** Fetches what comes after {@code extent}; what it needs itself in any case. */
    private void lookAhead(int extent) throws BackupException, InterruptedException {
        while (ahead < extents.count() && (ahead <= extent || waiting < window)) {
            var entry = entry(extents.pack(ahead));
            if (entry.bytes == null) {
                var charge = charge(entry);
                if (!makeRoom(charge) && ahead > extent) {
                    return;
                }
                fetch(entry, charge);
                entry.nextUse = ahead;
            }
            ahead++;
        }
    }

    /** An estimate until the pack is there: as long as most packs are, but never less than what is stored of it. */
    private long charge(Entry entry) {
        var stored = packs.size(entry.line);
        return Math.min(stored * EXPANSION, Math.max(stored, RepositoryPlan.DEFAULT_PACK_BYTES));
    }

    private void fetch(Entry entry, long charge) {
        var file = entry.file;
        entry.bytes = threads.submit(() -> file.isPresent() ? read(file.get()) : reader.read(entry.line));
        entry.charge = charge;
        entry.unused = true;
        held += charge;
        waiting++;
    }

    private byte[] read(Path file) throws BackupException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw spool.failure(e);
        }
    }

    /** @return whether there is room in memory now */
    private boolean makeRoom(long charge) throws BackupException, InterruptedException {
        while (held + charge > options.cacheBytes()) {
            var victim = entries.values().stream()
                    .filter(entry -> entry.bytes != null && !entry.unused && entry.nextUse >= ahead)
                    .max(Comparator.comparingInt(entry -> entry.nextUse));
            if (victim.isEmpty()) {
                return false;
            }
            evict(victim.get());
        }
        return true;
    }

    private void evict(Entry entry) throws BackupException, InterruptedException {
        if (entry.file.isEmpty() && spilled + entry.charge <= options.spoolBytes()) {
            var file = spool.file("pack-" + entry.line);
            try {
                Files.write(file, await(entry));
            } catch (IOException e) {
                throw spool.failure(e);
            }
            entry.file = Optional.of(file);
            spilled += entry.charge;
        }
        entry.bytes = null;
        held -= entry.charge;
        if (entry.file.isEmpty()) {
            entries.remove(entry.line);
        }
    }

    private void drop(Entry entry) throws BackupException {
        held -= entry.charge;
        entries.remove(entry.line);
        if (entry.file.isPresent()) {
            spilled -= entry.charge;
            try {
                Files.delete(entry.file.get());
            } catch (IOException e) {
                throw spool.failure(e);
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            threads.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
