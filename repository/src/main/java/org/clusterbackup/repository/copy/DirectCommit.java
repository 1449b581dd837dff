package org.clusterbackup.repository.copy;

import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.artifact.ArtifactWriter;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Origin;

/** Commits an artifact that was written straight to a target, which no staging could mend. */
public final class DirectCommit {
    private DirectCommit() {}

    /**
     * Under the target's lock, which is held for this only: strikes the artifact's packs from {@code condemned/}, makes
     * sure that each is there, commits.
     *
     * @param writer has written, and is not committed
     * @param owner who holds the lock, for those who wait
     * @return the manifest as it is stored
     * @throws BackupException {@code FAILED} if a pack that it deduplicated against was deleted meanwhile; {@code BUSY};
     *     or what the store throws; then nothing is committed
     */
    public static Manifest commit(Repository target, ArtifactWriter writer, Origin origin, String owner)
            throws BackupException {
        var store = target.store();
        var needed = writer.packs();
        try (var lock = TargetLock.acquire(store, owner)) {
            new CondemnedPacks(store)
                    .strike(name -> PackSet.isName(name)
                            && needed.line(new Sha256(name)).isPresent());
            var there = PackSet.list(store);
            for (var line = 1; line <= needed.count(); line++) {
                if (there.size(needed.name(line).hex()) != needed.size(line)) {
                    throw new BackupException(
                                    Kind.FAILED,
                                    PackSet.path(needed.name(line)) + " was deleted from " + store.location()
                                            + " while " + writer.ref() + " was being made")
                            .withHint("store it again: what is missing is then stored anew");
                }
            }
            target.requireStillThere();
            lock.requireHeld();
            return writer.commit(origin);
        }
    }
}
