package org.clusterbackup.cli;

import java.time.Duration;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.copy.TargetLock;
import org.clusterbackup.repository.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * A target's lock, renewed for as long as a command takes: at a target one process at a time commits or deletes, and one
 * that is killed must not keep the others out for long.
 */
final class HeldLock implements AutoCloseable {
    private static final Duration LEASE = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Optional<TargetLock> lock;
    private final @Nullable Thread renewing;
    private volatile @Nullable BackupException lost;

    private HeldLock(Optional<TargetLock> lock) {
        this.lock = lock;
        this.renewing = lock.isPresent() ? Thread.ofVirtual().start(this::renew) : null;
    }

    /** @throws BackupException {@code BUSY} if somebody else keeps it */
    static HeldLock of(ObjectStore target) throws BackupException {
        return new HeldLock(Optional.of(TargetLock.acquire(target, "clusterbackup", LEASE, PATIENCE)));
    }

    /** For a place that needs none. */
    static HeldLock none() {
        return new HeldLock(Optional.empty());
    }

    private void renew() {
        try {
            while (lost == null) {
                Thread.sleep(LEASE.dividedBy(5));
                lock.orElseThrow().requireHeld();
            }
        } catch (InterruptedException e) {
            // closed
        } catch (BackupException e) {
            lost = e;
        }
    }

    /** @throws BackupException {@code BUSY} if it was lost meanwhile: nothing must be committed then */
    void requireHeld() throws BackupException {
        var failure = lost;
        if (failure != null) {
            throw failure;
        }
        if (lock.isPresent()) {
            lock.get().requireHeld();
        }
    }

    @Override
    public void close() {
        if (renewing != null) {
            renewing.interrupt();
        }
        lock.ifPresent(TargetLock::close);
    }
}
