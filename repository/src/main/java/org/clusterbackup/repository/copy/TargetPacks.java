package org.clusterbackup.repository.copy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Proof;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.ledger.Scrubs;
import org.clusterbackup.repository.store.ObjectStore;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a target's packs: the last listing, and what this process has proved. Safe for use by many threads.
 */
final class TargetPacks {
    /** A listing older than this is not committed by: the format lets no grace period be shorter. */
    private static final Duration SHORTEST_GRACE = Duration.ofHours(1);

    private final ObjectStore store;
    private final CondemnedPacks condemned;
    private boolean condemnedBefore;
    private PackSet listed = new PackSet();
    private Instant listedAt = Instant.MIN;

    /** By proof, with the time of the proof. */
    private final PackSet uploadChecked = new PackSet();

    private final PackSet digested = new PackSet();

    /** Sent by this process and not yet counted for an artifact. */
    private final PackSet sent = new PackSet();

    private volatile @Nullable Scrubs scrubs;

    /** How and when a pack was proved. */
    record Proved(Proof proof, Instant time) {}

    TargetPacks(ObjectStore store) {
        this.store = store;
        this.condemned = new CondemnedPacks(store);
    }

    void scrubs(Scrubs entered) {
        scrubs = entered;
    }

    /** Lists the target unless that was done less than {@code age} ago; two callers list once. */
    synchronized void refresh(Duration age) throws BackupException {
        if (listedAt.equals(Instant.MIN) || listedAt.plus(age).isBefore(Instant.now())) {
            var begun = Instant.now();
            condemnedBefore = condemned.any();
            listed = PackSet.list(store);
            listedAt = begun;
        }
    }

    /**
     * Whether an artifact may be committed by the last listing, when nothing is condemned now: not if some pack was condemned
     * before that listing, nor if one can have been condemned and deleted since.
     */
    synchronized boolean countForCommit() {
        return !condemnedBefore && listedAt.plus(SHORTEST_GRACE).isAfter(Instant.now());
    }

    synchronized PackSet listed() {
        return listed;
    }

    /** Whether the last listing has the pack with this size. */
    boolean isThere(String name, long size) {
        return listed().size(name) == size;
    }

    void stored(String name, long size) {
        listed().add(name, size, Instant.now());
        sent.add(name, size, Instant.now());
    }

    /** Whether this process sent the pack; asked once. */
    boolean takeSent(String name) {
        synchronized (sent) {
            var was = sent.contains(name);
            sent.remove(name);
            return was;
        }
    }

    void proved(String name, Proof proof) {
        (proof == Proof.UPLOAD_CHECKED ? uploadChecked : digested).add(name, 0, Instant.now());
    }

    /** How this process proved the pack, the stronger proof first. */
    Optional<Proved> proof(String name) {
        var strong = store.digestsAtFarSide() ? Proof.REMOTE_DIGEST : Proof.READ_BACK;
        return digested.time(name)
                .map(time -> new Proved(strong, time))
                .or(() -> uploadChecked.time(name).map(time -> new Proved(Proof.UPLOAD_CHECKED, time)));
    }

    /** The proof of a pack that a committed artifact vouches for: when it was stored, or a scrub since. */
    Proved earlierProof(String name) {
        var stored = listed().time(name).orElse(Instant.EPOCH);
        var kind = store.digestsAtFarSide() ? Proof.REMOTE_DIGEST : Proof.UPLOAD_CHECKED;
        return Optional.ofNullable(scrubs)
                .flatMap(entered -> entered.read(new Sha256(name)))
                .filter(stored::isBefore)
                .map(time -> new Proved(store.digestsAtFarSide() ? Proof.REMOTE_DIGEST : Proof.READ_BACK, time))
                .orElse(new Proved(kind, stored));
    }

    /** Whether a scrub found the pack damaged, and since then nothing has stored it again nor has this process proved it. */
    boolean wasFoundDamaged(String name) {
        var stored = listed().time(name).orElse(Instant.EPOCH);
        var since = proof(name).map(Proved::time).filter(stored::isBefore).orElse(stored);
        return Optional.ofNullable(scrubs)
                .flatMap(entered -> entered.foundDamaged(new Sha256(name)))
                .filter(since::isBefore)
                .isPresent();
    }
}
