package org.clusterbackup.repository.copy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.LedgerBody;
import org.clusterbackup.repository.ledger.LedgerChain;
import org.clusterbackup.repository.ledger.LedgerHead;
import org.clusterbackup.repository.ledger.Scrub;

/**
 * Continues a target's ledger under the target's lock.
 *
 * @param ledger of {@code target}
 * @param key which may sign for it
 * @param owner who holds the lock, for those who wait
 * @param heads the newest heads of other targets' ledgers, given those that this one has seen
 */
public record LedgerWriter(
        Repository target,
        Ledger ledger,
        SigningKey key,
        String owner,
        UnaryOperator<Map<TargetName, LedgerHead>> heads) {

    /** What is to be entered, decided under the lock. */
    @FunctionalInterface
    public interface Bodies {
        List<? extends LedgerBody> now(LedgerChain chain) throws BackupException;
    }

    /** @throws BackupException {@code SIGNATURE} if {@code key} may not sign for the ledger: asked before hours of work */
    public void requireMaySign() throws BackupException {
        var probe = new byte[] {1};
        target.signers().verify(target.requireTarget().ledgerSubject(), probe, key.sign(probe));
    }

    /**
     * Enters what {@code bodies} say; durable on return.
     *
     * @throws BackupException {@code BUSY}; {@code SIGNATURE} or {@code DAMAGED} if the ledger is not whole; {@code FAILED}
     *     if a scrub is to be entered and this machine's clock and the store's differ; or what the
     *     store throws
     */
    public void enter(Bodies bodies) throws BackupException {
        target.requireStillThere();
        try (var lock = TargetLock.acquire(target.store(), owner)) {
            var chain = ledger.read();
            chain.requireWhole();
            for (var body : bodies.now(chain)) {
                lock.requireHeld();
                var time = body instanceof Scrub ? timeOfScrub(lock) : Instant.now();
                var _ = ledger.append(body, heads.apply(chain.otherHeads()), key, time);
            }
        }
    }

    /** A scrub is compared with when packs were stored, which the store's clock says. */
    private static Instant timeOfScrub(TargetLock lock) throws BackupException {
        var here = Instant.now();
        var there = lock.requireAgrees(here, "no scrub is entered");
        return there.isAfter(here) ? there : here;
    }
}
