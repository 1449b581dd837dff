package org.clusterbackup.shipper;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.clusterbackup.events.BackupProgress;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies packs while their artifact is still being made, as {@code backup-progress} names them. Only a hint: whatever
 * is dropped or fails here is copied when the artifact is ready.
 */
final class CopyAhead implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CopyAhead.class);
    /** Of records; a shipper that is further behind gains nothing by hints. */
    private static final int MOST_WAITING = 1024;

    private final Opening opening;
    private final BlockingQueue<List<Sha256>> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread;

    CopyAhead(Opening opening) {
        this.opening = opening;
        this.thread = Thread.ofVirtual().name("copy-ahead").start(this::run);
    }

    void hint(BackupProgress progress) {
        var packs = packs(progress);
        if (!packs.isEmpty()) {
            var _ = waiting.offer(packs);
        }
    }

    /** What was stored in staging: what a shipper says of its target, this one too, is nothing to copy. */
    static List<Sha256> packs(BackupProgress progress) {
        return progress.target().isPresent()
                ? List.of()
                : progress.packs().stream()
                        .map(pack -> new Sha256(pack.sha256()))
                        .toList();
    }

    private void run() {
        try {
            var ends = opening.await();
            while (true) {
                copy(ends, waiting.take());
            }
        } catch (InterruptedException e) {
            LOG.debug("copying ahead is told to end");
        }
    }

    private static void copy(Ends ends, List<Sha256> packs) {
        try {
            var _ = ends.copier().copyPacks(packs);
        } catch (BackupException e) {
            LOG.info("not copied ahead target={}: {}", ends.name(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("not copied ahead target={}", ends.name(), e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
