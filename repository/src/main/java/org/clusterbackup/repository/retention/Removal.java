package org.clusterbackup.repository.retention;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Tasks;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.copy.CondemnedPacks;
import org.clusterbackup.repository.copy.TargetLock;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.Deletion;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.store.Body;

/** Carries a plan out, under the target's lock, in an order in which a kill at any point leaves nothing half. */
final class Removal {
    private static final int AT_ONCE = 8;
    /** So many artifacts are named by one entry of the ledger. */
    private static final int ENTRY = 1000;
    /** The lock cannot be lost sooner after it was seen to be ours. */
    private static final Duration SURE_FOR = Duration.ofSeconds(2);

    /** No artifact has this id: whoever looks finds an unfinished one, which the next prune sweeps. */
    private static final ArtifactId TRIAL = new ArtifactId("19700101T000000000Z-00000000");

    /** The manifest first: without it the rest is no artifact. */
    private static final List<String> FILES = List.of(
            ArtifactRef.MANIFEST, ArtifactRef.SIGNATURE, ArtifactRef.CONTENTS, ArtifactRef.INDEX, ArtifactRef.PACKS);

    private final Repository target;
    private final Ledger ledger;
    private final TargetLock lock;
    private final SigningKey key;
    private final CondemnedPacks condemned;
    private long held = System.nanoTime() - SURE_FOR.toNanos();

    Removal(Repository target, Ledger ledger, TargetLock lock, SigningKey key) {
        this.target = target;
        this.ledger = ledger;
        this.lock = lock;
        this.key = key;
        this.condemned = new CondemnedPacks(target.store());
    }

    void carryOut(PrunePlan plan, Draft draft, String reason) throws BackupException {
        if (!plan.removed().isEmpty()) {
            tryToDelete(plan.removed().getFirst().ref());
            enter(plan.removed(), reason);
        }
        var gone = new ArrayList<>(plan.swept());
        plan.removed().forEach(candidate -> gone.add(candidate.ref()));
        artifacts(gone);
        if (draft.packsStay()) {
            return;
        }
        packs(draft);
        lock.requireHeld();
        condemned.strike(draft::isNeeded);
        condemn(draft.condemned());
    }

    /**
     * Where deleting is forbidden, that is found before anything is entered: an artifact that the ledger calls deleted
     * and that cannot go would be half there.
     */
    private void tryToDelete(ArtifactRef like) throws BackupException {
        var name = new ArtifactRef(like.source(), TRIAL).object(ArtifactRef.PACKS);
        lock.requireHeld();
        target.store().create(name, Body.of(""));
        target.store().delete(name);
    }

    private void enter(List<Candidate> removed, String reason) throws BackupException {
        for (var from = 0; from < removed.size(); from += ENTRY) {
            var entry = removed.subList(from, Math.min(removed.size(), from + ENTRY)).stream()
                    .map(candidate -> new Deletion.Deleted(
                            candidate.ref().source(),
                            candidate.ref().artifact(),
                            candidate.manifestSha256(),
                            Optional.of(candidate.arrival()).filter(_ -> candidate.whole())))
                    .toList();
            lock.requireHeld();
            ledger.append(new Deletion(entry, reason), Map.of(), key);
        }
    }

    private void artifacts(List<ArtifactRef> gone) throws BackupException {
        try (var deleting = new Tasks(AT_ONCE)) {
            for (var ref : gone) {
                deleting.submit(() -> {
                    for (var file : FILES) {
                        delete(ref.object(file));
                    }
                });
            }
            deleting.await();
        }
    }

    /** The files go last: until then they say to everybody that these packs may be gone. */
    private void packs(Draft draft) throws BackupException {
        try (var deleting = new Tasks(AT_ONCE)) {
            draft.due().forEach((pack, _) -> deleting.submit(() -> delete(PackSet.path(pack))));
            deleting.await();
        }
        for (var file : draft.dueFiles()) {
            delete(file);
        }
    }

    private void condemn(PackSet packs) throws BackupException {
        var names = new ArrayList<String>();
        packs.forEach((pack, _) -> {
            names.add(pack);
            if (names.size() == CondemnedPacks.MOST) {
                condemn(names);
            }
        });
        if (!names.isEmpty()) {
            condemn(names);
        }
    }

    private void condemn(List<String> names) throws BackupException {
        lock.requireHeld();
        condemned.add(names.stream().sorted().toList());
        names.clear();
    }

    private void delete(String name) throws BackupException {
        requireHeld();
        target.store().delete(name);
    }

    /** Asking costs as much as deleting, so it is asked now and then. */
    private synchronized void requireHeld() throws BackupException {
        if (System.nanoTime() - held >= SURE_FOR.toNanos()) {
            lock.requireHeld();
            held = System.nanoTime();
        }
    }
}
