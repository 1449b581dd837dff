package org.clusterbackup.repository.artifact;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.PackOpener;
import org.clusterbackup.repository.store.ObjectStore;

/** Fetches packs, proves them and opens them. Thread-safe: each thread that is at it gets buffers of its own. */
final class PackReader implements AutoCloseable {
    private final ObjectStore store;
    private final PackList packs;
    private final Envelope envelope;
    private final BlockingQueue<Worker> idle = new LinkedBlockingQueue<>();

    private static final class Worker {
        private final PackOpener opener;
        private byte[] stored = new byte[0];

        Worker(PackOpener opener) {
            this.opener = opener;
        }
    }

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
        var worker = waiting == null ? new Worker(envelope.opener()) : waiting;
        try {
            return read(line, worker);
        } finally {
            idle.add(worker);
        }
    }

    private byte[] read(int line, Worker worker) throws BackupException {
        var name = packs.name(line);
        var object = PackSet.path(name);
        var size = size(object, packs.size(line));
        if (worker.stored.length < size) {
            worker.stored = new byte[size];
        }
        fetch(object, worker.stored, size);
        var digest = Sha256.newDigest();
        digest.update(worker.stored, 0, size);
        if (!Sha256.of(digest).equals(name)) {
            throw damaged(object, "does not have the digest that it is named by");
        }
        return worker.opener.open(object, worker.stored, size);
    }

    private int size(String object, long size) throws BackupException {
        if (size > Integer.MAX_VALUE - 16) {
            throw damaged(object, "is said to have " + size + " bytes");
        }
        return (int) size;
    }

    private void fetch(String object, byte[] buffer, int size) throws BackupException {
        try (var in = store.open(object)) {
            if (in.readNBytes(buffer, 0, size) < size) {
                throw damaged(object, "is cut");
            }
            if (in.read() >= 0) {
                throw damaged(object, "is too long");
            }
        } catch (BackupException e) {
            throw e.kind() == Kind.NOT_FOUND ? damaged(object, "is missing") : e;
        } catch (IOException e) {
            throw new BackupException(
                    Kind.UNREACHABLE, "cannot read " + object + " at " + store.location() + ": " + e, e);
        }
    }

    private BackupException damaged(String object, String how) {
        return new BackupException(Kind.DAMAGED, object + " at " + store.location() + " " + how);
    }

    @Override
    public void close() {
        idle.forEach(worker -> worker.opener.close());
    }
}
