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
 * The lock of a target: who condemns, deletes or commits there holds it. It names its owner and lapses, so that a dead
 * owner blocks nobody for longer than its lease. Not every store has an atomic create: after taking the lock it is read
 * again, and whoever takes over a lapsed one waits a moment before it believes that it has it.
 */
public final class TargetLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TargetLock.class);
    private static final String NAME = "lock";
    private static final int MAX_BYTES = 4096;
    private static final int NONCE_BYTES = 8;
    /** Clocks of two machines that both say the right time may differ by this. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private static final Duration SETTLE = Duration.ofMillis(500);
    private static final Duration POLL = Duration.ofMillis(250);

    private final ObjectStore store;
    private final String owner;
    private final Duration lease;
    private Instant since;
    private Instant until;

    private TargetLock(ObjectStore store, String owner, Duration lease) {
        this.store = store;
        this.owner = owner;
        this.lease = lease;
        this.since = now();
        this.until = since.plus(lease);
    }

    private record Holder(String owner, Instant since, Instant until) {}

    /**
     * Takes the lock, waiting at most {@code patience} for somebody else's.
     *
     * @param owner for people; made unique here
     * @throws BackupException {@code BUSY} naming who holds it
     */
    public static TargetLock acquire(ObjectStore store, String owner, Duration lease, Duration patience)
            throws BackupException {
        var nonce = new byte[NONCE_BYTES];
        new SecureRandom().nextBytes(nonce);
        var lock = new TargetLock(store, owner + " " + HexFormat.of().formatHex(nonce), lease);
        var giveUp = Instant.now().plus(patience);
        while (true) {
            var holder = lock.tryOnce();
            if (holder.isEmpty()) {
                return lock;
            }
            if (Instant.now().isAfter(giveUp)) {
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
        since = now();
        until = since.plus(lease);
        try {
            store.create(NAME, Body.of(JsonLayout.write(json())));
        } catch (BackupException e) {
            if (e.kind() != Kind.DAMAGED) {
                throw e;
            }
            var holder = holder();
            if (holder.isEmpty() || !hasLapsed(holder.get())) {
                return Optional.of(holder.orElseGet(() -> new Holder("somebody", since, since)));
            }
            LOG.warn(
                    "taking over a lock that has lapsed: target={} owner={}",
                    store.location(),
                    holder.get().owner());
            store.delete(NAME);
            try {
                store.create(NAME, Body.of(JsonLayout.write(json())));
            } catch (BackupException lost) {
                if (lost.kind() != Kind.DAMAGED) {
                    throw lost;
                }
                return holder();
            }
            pause(SETTLE);
        }
        return holder().filter(found -> !found.owner().equals(owner));
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

    /**
     * Makes sure that the lock is still ours for half of its lease, renewing it where needed.
     *
     * @throws BackupException {@code BUSY} if it lapsed meanwhile: whatever was prepared must not be committed
     */
    public void requireHeld() throws BackupException {
        var now = Instant.now();
        if (now.isAfter(until) || holder().filter(h -> h.owner().equals(owner)).isEmpty()) {
            throw new BackupException(Kind.BUSY, "the lock of " + store.location() + " was lost to somebody else");
        }
        if (now.isAfter(since.plus(lease.dividedBy(2)))) {
            since = now();
            until = since.plus(lease);
            store.replace(NAME, Body.of(JsonLayout.write(json())));
        }
    }

    /** Gives the lock back; if that fails it lapses by itself. */
    @Override
    public void close() {
        try {
            if (holder().filter(h -> h.owner().equals(owner)).isPresent()) {
                store.delete(NAME);
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
