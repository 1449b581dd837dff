package org.clusterbackup.repository.artifact;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.PackOpener;
import org.clusterbackup.repository.store.ObjectStore;

/** Fetches packs, proves them and opens them. Thread-safe: each thread that is at it gets buffers of its own. */
final class PackReader implements AutoCloseable {
    private final ObjectStore store;
    private final PackList packs;
    private final Envelope envelope;
    private final BlockingQueue<Worker> idle = new LinkedBlockingQueue<>();

    private record Worker(PackOpener opener, PackBuffer stored) {}

    PackReader(ObjectStore store, PackList packs, Envelope envelope) {
        this.store = store;
        this.packs = packs;
        this.envelope = envelope;
    }

    /**
     * The plain bytes of a pack.
     *
     * @throws BackupException {@code DAMAGED} if it is missing, or not the bytes that its name says
     */
    byte[] read(int line) throws BackupException {
        var waiting = idle.poll();
        var worker = waiting == null ? new Worker(envelope.opener(), new PackBuffer()) : waiting;
        try {
            return read(line, worker);
        } finally {
            idle.add(worker);
        }
    }

    private byte[] read(int line, Worker worker) throws BackupException {
        var name = packs.name(line);
        worker.stored.read(store, name, packs.size(line));
        return worker.opener.open(PackSet.path(name), worker.stored.bytes(), worker.stored.length());
    }

    @Override
    public void close() {
        idle.forEach(worker -> worker.opener.close());
    }
}
