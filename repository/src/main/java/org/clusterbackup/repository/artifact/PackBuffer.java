package org.clusterbackup.repository.artifact;

import java.io.IOException;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * The stored bytes of one pack after another, each proved by its name. The array is used again: with a new one for each
 * pack, collecting them cost a shipper more than half of its CPU time. Not thread-safe: one a worker.
 */
public final class PackBuffer {
    /** A larger pack is refused as damaged, so that a lie cannot exhaust memory. */
    public static final int MAX_BYTES = 256 << 20;

    /** Java reads a file by way of native memory of the size that is asked for, and keeps that for each thread. */
    private static final int PIECE = 1 << 18;

    private byte[] bytes = new byte[0];
    private int length;

    /**
     * Reads the pack {@code name} in place of what was read before.
     *
     * @param size in bytes, as it was signed or listed
     * @throws BackupException {@code DAMAGED} if it is missing, or has not that size and the digest that it is named by
     */
    public void read(ObjectStore store, Sha256 name, long size) throws BackupException {
        length = 0;
        if (size > MAX_BYTES) {
            throw damaged(store, name, "is said to have " + size + " bytes");
        }
        if (bytes.length < size) {
            bytes = new byte[(int) size];
        }
        fill(store, name, (int) size);
        var digest = Sha256.newDigest();
        digest.update(bytes, 0, (int) size);
        if (!Sha256.of(digest).equals(name)) {
            throw damaged(store, name, "does not have the digest that it is named by");
        }
        length = (int) size;
    }

    private void fill(ObjectStore store, Sha256 name, int size) throws BackupException {
        var path = PackSet.path(name);
        try (var in = store.open(path)) {
            for (var at = 0; at < size; ) {
                var wanted = Math.min(PIECE, size - at);
                if (in.readNBytes(bytes, at, wanted) < wanted) {
                    throw damaged(store, name, "is cut");
                }
                at += wanted;
            }
            if (in.read() >= 0) {
                throw damaged(store, name, "is too long");
            }
        } catch (BackupException e) {
            throw orMissing(e, store, name);
        } catch (IOException e) {
            throw orMissing(store.broken(path, e), store, name);
        }
    }

    private static BackupException orMissing(BackupException e, ObjectStore store, Sha256 name) {
        return e.kind() == Kind.NOT_FOUND ? damaged(store, name, "is missing") : e;
    }

    private static BackupException damaged(ObjectStore store, Sha256 name, String how) {
        return new BackupException(Kind.DAMAGED, PackSet.path(name) + " at " + store.location() + " " + how);
    }

    /** The pack's bytes, from 0 to {@link #length}: until the next is read. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** The pack as it is to be stored elsewhere: until the next is read. */
    public Body body(Sha256 name) {
        return Body.of(bytes, length, name);
    }
}
