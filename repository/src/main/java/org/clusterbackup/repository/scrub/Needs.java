package org.clusterbackup.repository.scrub;

import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Tasks;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.ledger.LedgerChain;
import org.clusterbackup.repository.retention.NeededPacks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which packs the artifacts of a target need. */
final class Needs {
    private static final Logger LOG = LoggerFactory.getLogger(Needs.class);
    /** Each artifact costs three round trips. */
    private static final int AT_ONCE = 8;

    private Needs() {}

    /**
     * Reads the list of every artifact that is committed there and was not entered for deletion. One that cannot be
     * believed needs nothing: {@code verify} is who names it.
     *
     * @param asked names that are of interest; others cost no memory
     */
    static NeededPacks of(Repository target, LedgerChain chain, Predicate<String> asked) throws BackupException {
        var manifests = new Manifests(target.store(), target.description().repository(), target.signers());
        var deleted = chain.deleted().stream()
                .map(gone -> new ArtifactRef(gone.source(), gone.artifact()))
                .collect(Collectors.toSet());
        var needed = new NeededPacks(target.store(), asked);
        try (var reading = new Tasks(AT_ONCE)) {
            for (var ref : new Artifacts(target.store()).list()) {
                if (!deleted.contains(ref)) {
                    reading.submit(() -> need(target, manifests, ref, needed));
                }
            }
            reading.await();
        }
        return needed;
    }

    private static void need(Repository target, Manifests manifests, ArtifactRef ref, NeededPacks needed)
            throws BackupException {
        try {
            needed.need(PackList.read(target.store(), manifests.read(ref).manifest()));
        } catch (BackupException e) {
            if (!e.kind().concernsObject()) {
                throw e;
            }
            LOG.warn("an artifact at the target is not whole: artifact={} reason={}", ref, e.getMessage());
        }
    }
}
