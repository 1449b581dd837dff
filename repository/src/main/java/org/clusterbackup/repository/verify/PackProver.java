package org.clusterbackup.repository.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.artifact.PackBuffer;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.PackOpener;
import org.clusterbackup.repository.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * Proves packs by their bytes, on two threads: by digests, at the far side where the store can; with an envelope that
 * opens, by reading each once, which also shows that it can be opened.
 */
final class PackProver {
    private static final int THREADS = 2;
    private static final int BATCH = 32;
    private static final int QUEUED_BATCHES = 4;

    private final ObjectStore store;
    private final Findings findings;
    private final @Nullable Envelope envelope;
    private final AtomicLong packs = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicReference<BackupException> failure = new AtomicReference<>();
    private volatile boolean noKey;

    private record Pack(String name, long size) {}

    PackProver(ObjectStore store, Findings findings, @Nullable Envelope envelope) {
        this.store = store;
        this.findings = findings;
        this.envelope = envelope;
    }

    /** @throws BackupException only what says nothing about a pack, such as a cut connection */
    void prove(PackSet all, VerifyOptions.Share share) throws BackupException {
        var planned = new AtomicLong();
        all.forEach((name, size) -> planned.addAndGet(share.holds(name) ? size : 0));
        findings.planned(planned.get());
        if (all.count() <= BATCH) {
            few(all, share);
            return;
        }
        var queue = new ArrayBlockingQueue<List<Pack>>(QUEUED_BATCHES);
        var threads = new ArrayList<Thread>();
        for (var i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().name("verify-" + i).daemon().start(() -> work(queue)));
        }
        try {
            var batch = new ArrayList<Pack>();
            all.forEach((name, size) -> {
                if (share.holds(name)) {
                    batch.add(new Pack(name, size));
                    if (batch.size() == BATCH) {
                        put(queue, List.copyOf(batch));
                        batch.clear();
                    }
                }
            });
            if (!batch.isEmpty()) {
                put(queue, List.copyOf(batch));
            }
        } finally {
            for (var i = 0; i < THREADS; i++) {
                put(queue, List.of());
            }
            join(threads);
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    /** Not worth a thread. */
    private void few(PackSet all, VerifyOptions.Share share) throws BackupException {
        var batch = new ArrayList<Pack>();
        all.forEach((name, size) -> {
            if (share.holds(name)) {
                batch.add(new Pack(name, size));
            }
        });
        try (var opener = envelope == null ? null : envelope.opener()) {
            prove(batch, opener, new PackBuffer());
        }
    }

    /** An empty batch ends a thread; after a failure the rest is taken and not looked at. */
    private void work(BlockingQueue<List<Pack>> queue) {
        var stored = new PackBuffer();
        try (var opener = envelope == null ? null : envelope.opener()) {
            for (var batch = queue.take(); !batch.isEmpty(); batch = queue.take()) {
                if (failure.get() == null) {
                    try {
                        prove(batch, opener, stored);
                    } catch (BackupException e) {
                        failure.compareAndSet(null, e);
                    } catch (RuntimeException | Error e) {
                        failure.compareAndSet(null, new BackupException(Kind.FAILED, "verifying failed: " + e, e));
                    }
                }
            }
        } catch (InterruptedException e) {
            failure.compareAndSet(null, new BackupException(Kind.FAILED, "interrupted while verifying", e));
        }
    }

    private void prove(List<Pack> batch, @Nullable PackOpener opener, PackBuffer stored) throws BackupException {
        if (opener != null && !noKey) {
            for (var pack : batch) {
                open(pack, opener, stored);
            }
            return;
        }
        if (batch.isEmpty()) {
            return;
        }
        var digests = store.digests(
                batch.stream().map(pack -> PackSet.path(pack.name())).toList());
        for (var i = 0; i < batch.size(); i++) {
            var pack = batch.get(i);
            var path = PackSet.path(pack.name());
            var digest = digests.get(i);
            if (digest.isEmpty()) {
                findings.damaged(path, "is missing");
            } else if (!digest.get().hex().equals(pack.name())) {
                findings.damaged(path, "does not have the digest that it is named by");
            } else {
                counted(pack);
            }
            findings.proved(pack.size());
        }
    }

    private void open(Pack pack, PackOpener opener, PackBuffer stored) throws BackupException {
        var path = PackSet.path(pack.name());
        try {
            stored.read(store, new Sha256(pack.name()), pack.size());
            opener.requireOpens(path, stored.bytes(), stored.length());
            counted(pack);
        } catch (BackupException e) {
            if (e.kind() != Kind.NO_KEY || !noKey) {
                findings.failed(path, e);
            }
            // Told once: a wrong identity fits no pack, and the digests can still be proved.
            noKey |= e.kind() == Kind.NO_KEY;
        }
        findings.proved(pack.size());
    }

    private void counted(Pack pack) {
        packs.incrementAndGet();
        bytes.addAndGet(pack.size());
    }

    private static void put(BlockingQueue<List<Pack>> queue, List<Pack> batch) throws BackupException {
        try {
            queue.put(batch);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted while verifying", e);
        }
    }

    private static void join(List<Thread> threads) throws BackupException {
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted while verifying", e);
        }
    }

    long packs() {
        return packs.get();
    }

    long bytes() {
        return bytes.get();
    }
}
