package org.clusterbackup.repository.retention;

import java.time.Clock;
import java.time.Duration;
import java.util.function.Predicate;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.copy.TargetLock;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.Ledger;

/**
 * Lets a target forget what its policy does not keep, in two phases: artifacts go at once, entered in the ledger first;
 * packs that nothing needs then are condemned, and deleted by a later prune, a grace period later, after looking again.
 * Killed at any point, the next prune goes on; nothing that is needed is ever among what is deleted.
 */
public final class Pruning {
    /** The format lets no grace period at a target be shorter: artifacts are committed by listings that are as old. */
    public static final Duration SHORTEST_GRACE = Duration.ofHours(1);

    private static final String NOTHING_DELETED = "nothing is deleted";

    private final Repository target;
    private final Ledger ledger;
    private final Retention retention;
    private final Duration grace;
    private final Clock clock;

    /**
     * @param retention sources that it has no policy for stay as they are
     * @param grace between condemning a pack and deleting it
     * @param clock of this machine, which must agree with the store's
     * @throws BackupException {@code USAGE} if {@code target} is none or the grace period is too short
     */
    public Pruning(Repository target, Retention retention, Duration grace, Clock clock) throws BackupException {
        if (grace.compareTo(SHORTEST_GRACE) < 0) {
            throw new BackupException(Kind.USAGE, "a grace period of " + grace + " is shorter than an hour")
                    .withHint("whoever copies meanwhile relies on it; a week is good");
        }
        this.target = target;
        this.ledger = new Ledger(target);
        this.retention = retention;
        this.grace = grace;
        this.clock = clock;
    }

    /**
     * What a run would do now. It writes nothing, takes no lock and needs no key.
     *
     * @throws BackupException {@code FAILED} if this machine's clock is behind the store's; {@code SIGNATURE} or
     *     {@code DAMAGED} if the ledger is; or what the store throws
     */
    public PrunePlan plan() throws BackupException {
        var survey = Survey.of(target, ledger.read());
        var now = clock.instant();
        if (survey.newest().isAfter(now.plus(RunTime.CLOCKS_DIFFER))) {
            throw TargetLock.clocksDiffer(target.store(), now, survey.newest(), NOTHING_DELETED);
        }
        return new Draft(target, survey, now).plan(retention, grace);
    }

    /**
     * Does it, under the target's lock.
     *
     * @param key which may sign for the target's ledger
     * @param owner who holds the lock, for those who wait
     * @param agreed asked under the lock, before anything is changed
     * @return what was done
     * @throws BackupException what {@link #plan} throws; {@code BUSY}; {@code RETAINED} where nothing may be deleted:
     *     then, unless deleting was refused for some objects alone, nothing was changed; {@code FAILED} if it was not
     *     agreed to
     */
    public PrunePlan run(SigningKey key, String owner, Predicate<PrunePlan> agreed) throws BackupException {
        requireMaySign(key);
        try (var lock = TargetLock.acquire(target.store(), owner)) {
            target.requireStillThere();
            var now = lock.requireAgrees(clock.instant(), NOTHING_DELETED);
            var draft = new Draft(target, Survey.of(target, ledger.read()), now);
            var plan = draft.plan(retention, grace);
            if (!agreed.test(plan)) {
                throw new BackupException(
                                Kind.FAILED,
                                "what is at " + target.store().location()
                                        + " has changed meanwhile; nothing was deleted")
                        .withHint("run it again, and look at what it would delete now");
            }
            new Removal(target, ledger, lock, key).carryOut(plan, draft, "retention: " + retention.text());
            return plan;
        } catch (BackupException e) {
            if (e.kind() != Kind.NOT_PERMITTED) {
                throw e;
            }
            throw new BackupException(Kind.RETAINED, "may not delete: " + e.getMessage(), e)
                    .withHint("the store is append-only, or its objects are locked: prune with a credential that may"
                            + " delete, or when their time has passed");
        }
    }

    private void requireMaySign(SigningKey key) throws BackupException {
        var probe = new byte[] {1};
        target.signers().verify(target.requireTarget().ledgerSubject(), probe, key.sign(probe));
    }
}
