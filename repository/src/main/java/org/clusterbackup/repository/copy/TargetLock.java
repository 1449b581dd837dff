package org.clusterbackup.repository.copy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.SmallObject;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock of a target: who condemns, deletes or commits there holds it. It names its owner and is renewed for as long
 * as it is held, so that an owner that died, or whose store went away, blocks nobody for long. Whoever waits takes it
 * over when nobody renewed it for a lease and a half by the waiter's own clock, as Kubernetes' leader election does:
 * clocks that differ then do no harm. Not every store has an atomic create: after taking the lock it is read again, and
 * whoever takes over a lapsed one waits a moment before it believes that it has it.
 */
public final class TargetLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TargetLock.class);
    private static final String NAME = "lock";
    private static final int MAX_BYTES = 4096;
    private static final int NONCE_BYTES = 8;
    private static final Duration LEASE = Duration.ofSeconds(30);
    /** Longer than it takes to take over what a dead owner left. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** Clocks of two machines that both say the right time may differ by this. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    /** Nothing is deleted, and no scrub entered, where they differ by more. */
    public static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

    /** A lease that claims more is not believed. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private static final Duration SETTLE = Duration.ofMillis(500);
    private static final Duration POLL = Duration.ofMillis(250);

    private final ObjectStore store;
    private final String owner;
    private final Duration lease;
    private Instant since = Instant.EPOCH;
    private Instant until = Instant.EPOCH;
    private long renewed;
    private boolean closed;

    private TargetLock(ObjectStore store, String owner, Duration lease) {
        this.store = store;
        this.owner = owner;
        this.lease = lease;
    }

    private record Holder(String owner, Instant since, Instant until) {
        /** A lease and a half, as the holder itself says how long its lease is. */
        Duration untouched() {
            var says = Duration.between(since, until);
            return (says.compareTo(LONGEST) > 0 ? LONGEST : says)
                    .multipliedBy(3)
                    .dividedBy(2);
        }
    }

    /**
     * Takes the lock, waiting for somebody else's up to two minutes, which is longer than a dead owner keeps it.
     *
     * @param owner for people; made unique here
     * @throws BackupException {@code BUSY} naming who holds it
     */
    public static TargetLock acquire(ObjectStore store, String owner) throws BackupException {
        return acquire(store, owner, LEASE, PATIENCE);
    }

    static TargetLock acquire(ObjectStore store, String owner, Duration lease, Duration patience)
            throws BackupException {
        var nonce = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(nonce);
        var lock = new TargetLock(store, owner + " " + HexFormat.of().formatHex(nonce), lease);
        lock.take(patience);
        Thread.ofVirtual().name("lock-renewal").start(lock::renewAgainAndAgain);
        return lock;
    }

    private void take(Duration patience) throws BackupException {
        var begun = System.nanoTime();
        Optional<Holder> seen = Optional.empty();
        var seenAt = begun;
        while (true) {
            var holder = tryOnce();
            if (holder.isEmpty()) {
                return;
            }
            var now = System.nanoTime();
            if (!holder.equals(seen)) {
                seen = holder;
                seenAt = now;
            } else if (now - seenAt > holder.get().untouched().toNanos() && takeOver(holder.get())) {
                return;
            }
            if (now - begun > patience.toNanos()) {
                throw new BackupException(
                        Kind.BUSY,
                        store.location() + " is locked by " + holder.get().owner() + " since "
                                + holder.get().since() + " until "
                                + holder.get().until());
            }
            pause(POLL);
        }
    }

    /** @return empty if the lock is ours now, otherwise who has it */
    private Optional<Holder> tryOnce() throws BackupException {
        if (create()) {
            return holder().filter(found -> !found.owner().equals(owner));
        }
        var holder = holder();
        if (holder.isPresent() && hasLapsed(holder.get()) && takeOver(holder.get())) {
            return Optional.empty();
        }
        // It went between the two looks: the next look may find it free.
        return Optional.of(holder.orElseGet(() -> new Holder("somebody", Instant.EPOCH, Instant.EPOCH.plus(lease))));
    }

    private boolean create() throws BackupException {
        since = now();
        until = since.plus(lease);
        try {
            store.create(NAME, Body.of(JsonLayout.write(json())));
            renewed = System.nanoTime();
            return true;
        } catch (BackupException e) {
            // Somebody's, or it went while it was compared with ours.
            if (e.kind() != Kind.DAMAGED && e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
            return false;
        }
    }

    private boolean takeOver(Holder dead) throws BackupException {
        LOG.warn("taking over a lock that was not renewed: target={} owner={}", store.location(), dead.owner());
        if (!deleted()) {
            replace();
        } else if (!create()) {
            return false;
        }
        pause(SETTLE);
        return holder().filter(found -> found.owner().equals(owner)).isPresent();
    }

    /** @return false where nothing may be deleted: what is there can only be replaced */
    private boolean deleted() throws BackupException {
        try {
            store.delete(NAME);
            return true;
        } catch (BackupException e) {
            if (e.kind() != Kind.NOT_PERMITTED) {
                throw e;
            }
            return false;
        }
    }

    private void replace() throws BackupException {
        since = now();
        until = since.plus(lease);
        store.replace(NAME, Body.of(JsonLayout.write(json())));
        renewed = System.nanoTime();
    }

    private static boolean hasLapsed(Holder holder) {
        return holder.until().plus(SKEW).isBefore(Instant.now());
    }

    /** Who holds the lock now; a lock that cannot be read was left by nobody who can still hold it. */
    private Optional<Holder> holder() throws BackupException {
        try {
            var members = JsonLayout.parse(NAME, SmallObject.read(store, NAME, MAX_BYTES));
            return Optional.of(new Holder(members.text("owner"), members.time("since"), members.time("until")));
        } catch (BackupException e) {
            return switch (e.kind()) {
                case NOT_FOUND -> Optional.empty();
                case DAMAGED -> Optional.of(new Holder("an unreadable lock", Instant.EPOCH, Instant.EPOCH));
                default -> throw e;
            };
        }
    }

    private ObjectNode json() {
        return JsonLayout.object()
                .put("owner", owner)
                .put("since", since.toString())
                .put("until", until.toString());
    }

    /** Runs beside the owner's work until the lock is given back or somebody else has it. */
    private synchronized void renewAgainAndAgain() {
        try {
            while (!closed) {
                wait(lease.dividedBy(3).toMillis());
                if (!closed) {
                    renew();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (BackupException e) {
            LOG.warn("lock is not renewed any more: target={} reason={}", store.location(), e.getMessage());
        }
    }

    /** @throws BackupException {@code BUSY} if somebody else has it; a store that is away now is asked again later */
    private void renew() throws BackupException {
        try {
            requireOurs();
            replace();
        } catch (BackupException e) {
            if (e.kind() == Kind.BUSY || !e.kind().retryable()) {
                throw e;
            }
            LOG.warn("lock not renewed yet: target={} reason={}", store.location(), e.getMessage());
        }
    }

    /**
     * Makes sure that the lock is still ours, and nobody may take it over for the next while.
     *
     * @throws BackupException {@code BUSY} if it was lost meanwhile: whatever was prepared must not be committed
     */
    public synchronized void requireHeld() throws BackupException {
        if (System.nanoTime() - renewed > lease.dividedBy(2).toNanos()) {
            renew();
            // Somebody may just have been taking it over.
            pause(SETTLE);
        }
        requireOurs();
    }

    /**
     * When the lock was stored last, by the store's clock: at most a lease ago.
     *
     * @throws BackupException {@code BUSY} if it is gone
     */
    public Instant storeTime() throws BackupException {
        return store.stat(NAME)
                .orElseThrow(() -> new BackupException(Kind.BUSY, "the lock of " + store.location() + " is gone"))
                .modified();
    }

    /**
     * Makes sure that what is decided by one of two clocks is right by the other.
     *
     * @param here what this machine's clock says
     * @param consequence what is not done otherwise
     * @return {@link #storeTime}
     * @throws BackupException {@code FAILED} if they differ by more than {@link #CLOCKS_DIFFER}
     */
    public Instant requireAgrees(Instant here, String consequence) throws BackupException {
        var there = storeTime();
        if (Duration.between(there, here).abs().compareTo(CLOCKS_DIFFER) > 0) {
            throw clocksDiffer(store, here, there, consequence);
        }
        return there;
    }

    /** What is said of two clocks of which one must be wrong. */
    public static BackupException clocksDiffer(ObjectStore store, Instant here, Instant there, String consequence) {
        return new BackupException(
                        Kind.FAILED,
                        "it is " + here + " here and " + there + " at " + store.location() + ": " + consequence
                                + " by a clock that is wrong")
                .withHint("set both clocks right");
    }

    private void requireOurs() throws BackupException {
        if (holder().filter(h -> h.owner().equals(owner)).isEmpty()) {
            throw new BackupException(Kind.BUSY, "the lock of " + store.location() + " was lost to somebody else");
        }
    }

    /** Gives the lock back, or where nothing may be deleted lets it lapse at once; if that fails it lapses by itself. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        try {
            if (holder().filter(h -> h.owner().equals(owner)).isPresent() && !deleted()) {
                since = Instant.EPOCH;
                until = Instant.EPOCH;
                store.replace(NAME, Body.of(JsonLayout.write(json())));
            }
        } catch (BackupException e) {
            LOG.warn("the lock stays until it lapses: target={} reason={}", store.location(), e.getMessage());
        }
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    private static void pause(Duration duration) throws BackupException {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted while waiting for a lock", e);
        }
    }
}
