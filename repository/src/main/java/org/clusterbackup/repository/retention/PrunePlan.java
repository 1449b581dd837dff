package org.clusterbackup.repository.retention;

import java.util.List;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.ArtifactRef;

/**
 * What a prune does, worked out beforehand from what lies at the target: the same target, policy and time give the same plan.
 *
 * @param removed artifacts that the policy lets go: entered in the ledger, then deleted
 * @param swept folders of artifacts that go without an entry: what a kill left of a commit or of an earlier deletion
 * @param bad what is wrong there; nothing of it is deleted for that
 * @param condemned packs that nothing needs any more: they go a grace period later
 * @param deleted packs that were condemned a grace period ago and that still nothing needs
 * @param artifactBytes of the objects of what is removed or swept
 * @param waiting packs that nothing needs but that are too young, or were condemned less than a grace period ago
 */
public record PrunePlan(
        List<Choice.Kept> kept,
        List<Candidate> removed,
        List<ArtifactRef> swept,
        List<Bad> bad,
        Packs condemned,
        Packs deleted,
        long artifactBytes,
        Packs waiting) {
    public PrunePlan {
        kept = List.copyOf(kept);
        removed = List.copyOf(removed);
        swept = List.copyOf(swept);
        bad = List.copyOf(bad);
    }

    /** How many packs, of how many stored bytes. */
    public record Packs(long count, long bytes) {
        static final Packs NONE = new Packs(0, 0);

        Packs plus(long size) {
            return new Packs(count + 1, bytes + size);
        }
    }

    /**
     * Something wrong that was met.
     *
     * @param ref of the artifact that it concerns
     * @param message whole by itself
     * @param stops whether no pack is condemned or deleted because of it
     */
    public record Bad(ArtifactRef ref, Kind kind, String message, boolean stops) {}

    /** Whether it deletes or condemns anything. */
    public boolean changesAnything() {
        return !removed.isEmpty() || !swept.isEmpty() || condemned.count() > 0 || deleted.count() > 0;
    }

    /** Bytes that are free afterwards. */
    public long bytesFreed() {
        return artifactBytes + deleted.bytes();
    }
}
