package org.clusterbackup.repository.artifact;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.chunk.ChunkId;
import org.clusterbackup.repository.chunk.ChunkIds;
import org.clusterbackup.repository.chunk.ChunkingKey;
import org.clusterbackup.repository.chunk.Place;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.PackSealer;
import org.clusterbackup.repository.crypto.SealedPack;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * Gathers new chunks into packs, seals and stores these on a few threads with buffers that are used again. Who adds
 * waits while all buffers are busy. {@link #add}, {@link #flush} and {@link #finish} belong to one thread.
 */
final class PackWriter implements AutoCloseable {
    private final ObjectStore store;
    private final PackTable table;
    private final Failure failure;
    private final WriteListener listener;
    private final ExecutorService threads;
    private final BlockingQueue<OpenPack> free;
    private final BlockingQueue<Worker> workers;
    private final AtomicLong newBytes = new AtomicLong();
    private OpenPack open;

    /** What sealing needs and no two threads may share. */
    private record Worker(PackSealer sealer, ChunkIds namer) {}

    PackWriter(
            ObjectStore store,
            Envelope envelope,
            ChunkingKey key,
            WriterOptions options,
            int capacity,
            PackTable table,
            Failure failure,
            WriteListener listener) {
        this.store = store;
        this.table = table;
        this.failure = failure;
        this.listener = listener;
        var count = options.workers();
        threads = Executors.newFixedThreadPool(
                count, Thread.ofPlatform().daemon().name("pack-", 0).factory());
        free = new ArrayBlockingQueue<>(count + 1);
        workers = new ArrayBlockingQueue<>(count);
        for (var i = 0; i < count; i++) {
            workers.add(new Worker(envelope.sealer(options.zstdLevel()), key.ids()));
            free.add(new OpenPack(capacity));
        }
        open = new OpenPack(capacity);
        open.ordinal = -1;
    }

    /** Copies a chunk into the open pack. */
    Place add(byte[] data, int offset, int length, ChunkId id) throws InterruptedException {
        if (!open.hasRoom(length)) {
            flush();
        }
        if (open.ordinal < 0) {
            open.clear(table.open());
        }
        return new Place(open.ordinal, open.add(data, offset, length, id), length);
    }

    /** Hands the open pack to the workers, however little it holds. */
    void flush() throws InterruptedException {
        if (open.ordinal < 0) {
            return;
        }
        var full = open;
        threads.execute(() -> store(full));
        open = free.take();
        open.ordinal = -1;
    }

    private void store(OpenPack pack) {
        var ordinal = pack.ordinal;
        try {
            var worker = workers.take();
            try {
                compress(worker, pack);
                store(ordinal, worker.sealer().seal());
            } finally {
                workers.put(worker);
            }
        } catch (InterruptedException e) {
            failure.set(e);
            Thread.currentThread().interrupt();
        } catch (BackupException | RuntimeException | Error e) {
            failure.set(e);
        }
    }

    private void compress(Worker worker, OpenPack pack) throws BackupException {
        try {
            worker.sealer().compress(pack.bytes(), pack.length);
            pack.requireSame(worker.sealer().decompressed(), worker.namer());
        } catch (BackupException | RuntimeException | Error e) {
            // Before the buffer is free again, so that who waits for one learns why.
            failure.set(e);
            throw e;
        } finally {
            free.add(pack);
        }
    }

    private void store(int ordinal, SealedPack sealed) throws BackupException {
        if (failure.isSet()) {
            return;
        }
        put(PackSet.path(sealed.sha256()), sealed);
        table.stored(ordinal, sealed.sha256(), sealed.length());
        newBytes.addAndGet(sealed.length());
        listener.stored(sealed.sha256(), sealed.length());
    }

    private void put(String name, SealedPack sealed) throws BackupException {
        try {
            if (store.create(name, sealed).existed()) {
                // Only without encryption: it may be condemned, and its time says that it is needed again.
                store.replace(name, sealed);
            }
        } catch (BackupException e) {
            if (e.kind() != Kind.DAMAGED) {
                throw e;
            }
            // Its name is the digest of these bytes, so what lies there is damaged: without encryption a pack made
            // again has the name of the damaged one.
            store.replace(name, sealed);
        }
    }

    /** Stores what is open and waits until all packs are stored. */
    void finish() throws BackupException, InterruptedException {
        flush();
        threads.shutdown();
        while (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
            failure.check();
        }
        failure.check();
    }

    /** Stored bytes of the packs made here. */
    long newBytes() {
        return newBytes.get();
    }

    /** Ends the workers; packs not yet stored are not. */
    @Override
    public void close() {
        threads.shutdownNow();
        var interrupted = false;
        while (true) {
            try {
                if (threads.awaitTermination(1, TimeUnit.DAYS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        workers.forEach(worker -> worker.sealer().close());
        workers.clear();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
