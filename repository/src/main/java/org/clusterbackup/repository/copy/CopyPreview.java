package org.clusterbackup.repository.copy;

import java.time.Instant;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;

/**
 * What a {@link Copier} would send, from what is listed at the target: nothing is read back there, nothing is written. For
 * one thread.
 */
public final class CopyPreview {
    private final Repository from;
    private final Repository to;
    private final Manifests manifests;
    private final PackSet there;

    /** Lists the packs of {@code to}. */
    public CopyPreview(Repository from, Repository to) throws BackupException {
        this.from = from;
        this.to = to;
        this.manifests = new Manifests(from.store(), from.description().repository(), from.signers());
        this.there = PackSet.list(to.store());
    }

    /**
     * @param committed whether the artifact is at the target
     * @param bytesToCopy stored bytes of its packs that are not
     * @param bytesPresent stored bytes of its packs that are, or that an artifact asked for earlier brings there
     */
    public record Planned(boolean committed, long bytesToCopy, long bytesPresent) {
        public boolean isPresent() {
            return committed && bytesToCopy == 0;
        }
    }

    /** @throws BackupException as {@link Copier#copy} where the artifact cannot be believed */
    public Planned of(ArtifactRef ref) throws BackupException {
        var list = PackList.read(from.store(), manifests.read(ref).manifest());
        var missing = 0L;
        for (var line = 1; line <= list.count(); line++) {
            var name = list.name(line).hex();
            if (there.size(name) != list.size(line)) {
                missing += list.size(line);
                there.add(name, list.size(line), Instant.EPOCH);
            }
        }
        var committed = to.store().stat(ref.object(ArtifactRef.MANIFEST)).isPresent();
        return new Planned(committed, missing, list.bytes() - missing);
    }
}
