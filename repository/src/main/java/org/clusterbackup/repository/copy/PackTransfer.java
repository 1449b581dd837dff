package org.clusterbackup.repository.copy;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Proof;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.Tasks;
import org.clusterbackup.repository.artifact.PackBuffer;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves packs from one store to another, several at a time, and proves each at the far side. What a pack's name does
 * not match never leaves the source. Safe for use by many threads: they share the limit of packs in flight.
 */
final class PackTransfer {
    private static final Logger LOG = LoggerFactory.getLogger(PackTransfer.class);
    /** Enough for one call to the far side to be worth it, few enough for progress. */
    private static final int PROVE_AT_ONCE = 32;

    private final ObjectStore from;
    private final ObjectStore to;
    private final TargetPacks packs;
    private final boolean marksDamage;
    private final int inFlight;
    private final Semaphore permits;
    private final Queue<PackBuffer> buffers = new ConcurrentLinkedQueue<>();
    private final ConcurrentHashMap<String, Object> moving = new ConcurrentHashMap<>();

    /** @param marksDamage whether {@code from} is staging, whose damaged packs are marked for its writers */
    PackTransfer(ObjectStore from, ObjectStore to, TargetPacks packs, int inFlight, boolean marksDamage) {
        this.from = from;
        this.to = to;
        this.packs = packs;
        this.inFlight = inFlight;
        this.permits = new Semaphore(inFlight);
        this.marksDamage = marksDamage;
    }

    /** A pack to be moved, of {@code size} bytes; a hint was signed by nobody. */
    record Wanted(String name, long size, boolean hint) {}

    /**
     * Moves all and returns when each is stored and proved. After the first failure nothing new is begun.
     *
     * @throws BackupException the first failure
     */
    void move(Iterable<Wanted> wanted, CopyListener listener) throws BackupException {
        try (var tasks = new Tasks(inFlight)) {
            var unproved = new Unproved(tasks);
            for (var pack : wanted) {
                tasks.submit(() -> {
                    if (moveOne(pack, listener)) {
                        unproved.add(pack.name());
                    }
                });
            }
            tasks.await();
            unproved.proveRest();
        }
    }

    /** Gathers what the far side must still prove, and has it proved in batches beside the moving. */
    private final class Unproved {
        private final Tasks tasks;
        private List<String> names = new ArrayList<>();

        Unproved(Tasks tasks) {
            this.tasks = tasks;
        }

        void add(String name) throws BackupException {
            var batch = taken(name);
            if (!batch.isEmpty()) {
                requireProved(batch);
            }
        }

        private synchronized List<String> taken(String name) {
            names.add(name);
            if (names.size() < PROVE_AT_ONCE) {
                return List.of();
            }
            var batch = names;
            names = new ArrayList<>();
            return batch;
        }

        void proveRest() throws BackupException {
            tasks.requireNoFailure();
            requireProved(names);
        }
    }

    /** @return whether it is stored and still to be proved */
    private boolean moveOne(Wanted pack, CopyListener listener) throws BackupException {
        var mine = new Object();
        // Two sources may need the same new pack at the same time: the second waits and finds it there.
        while (true) {
            var other = moving.putIfAbsent(pack.name(), mine);
            if (other == null) {
                break;
            }
            await(other, pack.name());
        }
        try {
            var known = packs.proof(pack.name()).isPresent()
                    && packs.listed().contains(pack.name())
                    && packs.isThere(pack.name(), pack.size());
            return !known && moveNow(pack, listener);
        } finally {
            synchronized (mine) {
                moving.remove(pack.name());
                mine.notifyAll();
            }
        }
    }

    private void await(Object other, String name) throws BackupException {
        try {
            synchronized (other) {
                while (moving.get(name) == other) {
                    other.wait();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted while copying " + name, e);
        }
    }

    private boolean moveNow(Wanted pack, CopyListener listener) throws BackupException {
        permits.acquireUninterruptibly();
        var idle = buffers.poll();
        var buffer = idle == null ? new PackBuffer() : idle;
        try {
            read(pack, buffer);
            var checked = put(PackSet.path(pack.name()), buffer.body(new Sha256(pack.name())));
            packs.stored(pack.name(), buffer.length());
            listener.copied(buffer.length());
            if (checked) {
                packs.proved(pack.name(), Proof.UPLOAD_CHECKED);
            }
            return !checked;
        } finally {
            buffers.add(buffer);
            permits.release();
        }
    }

    /** @return whether the store itself proved it */
    private boolean put(String path, Body body) throws BackupException {
        try {
            return to.create(path, body).proved();
        } catch (BackupException e) {
            if (e.kind() != Kind.DAMAGED) {
                throw e;
            }
            LOG.warn("replacing a pack that holds other bytes: target={} pack={}", to.location(), path);
            to.replace(path, body);
            return false;
        }
    }

    private void read(Wanted pack, PackBuffer buffer) throws BackupException {
        try {
            buffer.read(from, new Sha256(pack.name()), pack.size());
        } catch (BackupException e) {
            if (e.kind() == Kind.DAMAGED) {
                mark(pack);
                throw e.withHint("the next backup of its source stores it again");
            }
            throw e;
        }
    }

    private void mark(Wanted pack) throws BackupException {
        // A hint is believed in nothing: it may name what never was.
        if (marksDamage && !pack.hint()) {
            OffsiteGaps.mark(from, pack.name());
        }
    }

    /**
     * Which of {@code names} the far side holds with the right bytes; those are proved from now on.
     *
     * @return the others
     */
    List<String> prove(List<String> names) throws BackupException {
        var wrong = new ArrayList<String>();
        for (var i = 0; i < names.size(); i += PROVE_AT_ONCE) {
            var batch = names.subList(i, Math.min(names.size(), i + PROVE_AT_ONCE));
            var digests = to.digests(batch.stream().map(PackSet::path).toList());
            for (var j = 0; j < batch.size(); j++) {
                var name = batch.get(j);
                if (digests.get(j).filter(d -> d.hex().equals(name)).isPresent()) {
                    packs.proved(name, to.digestsAtFarSide() ? Proof.REMOTE_DIGEST : Proof.READ_BACK);
                } else {
                    wrong.add(name);
                }
            }
        }
        return wrong;
    }

    private void requireProved(List<String> names) throws BackupException {
        var wrong = prove(names);
        if (!wrong.isEmpty()) {
            throw new BackupException(
                    Kind.DAMAGED,
                    PackSet.path(wrong.getFirst()) + " at " + to.location() + " holds other bytes than were sent");
        }
    }
}
