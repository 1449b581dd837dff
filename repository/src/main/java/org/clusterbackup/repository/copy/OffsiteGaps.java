package org.clusterbackup.repository.copy;

import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Offsite;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * Packs that left staging because every target had them, and that this target lacks all the same. One that had the source
 * before has lost them: they are marked in staging, so that the next backup stores their chunks again. One that never had
 * it was declared afterwards: to mark them would store the whole source again, and another target has them.
 */
final class OffsiteGaps {
    private final Repository from;
    private final Repository to;
    private final Ledger ledger;

    /** @param ledger that of {@code to} */
    OffsiteGaps(Repository from, Repository to, Ledger ledger) {
        this.from = from;
        this.to = to;
        this.ledger = ledger;
    }

    /** @throws BackupException {@code DAMAGED} if there are some and they were marked, {@code OFF_SITE} if the target is new */
    void requireNone(ArtifactRef ref, List<PackTransfer.Wanted> wanted) throws BackupException {
        if (from.description().isTarget()
                || wanted.isEmpty()
                || from.store().children(Offsite.FOLDER).isEmpty()) {
            return;
        }
        var gone = gone(ref, wanted);
        if (gone.isEmpty()) {
            return;
        }
        var what = gone.size() + " packs that " + ref + " needs, such as " + PackSet.path(gone.first())
                + ", are not whole at " + to.store().location() + " and have left "
                + from.store().location()
                + ", which keeps only the index of this source";
        if (!had(ref.source())) {
            throw new BackupException(
                    Kind.OFF_SITE, what + ": fill this target, which is newer, from another one by clusterbackup copy");
        }
        for (var name : gone) {
            mark(from.store(), name);
        }
        throw new BackupException(
                Kind.DAMAGED,
                what
                        + ": the next backup of the source stores them again; clusterbackup copy --repair from another target"
                        + " brings them back at once");
    }

    private SortedSet<String> gone(ArtifactRef ref, List<PackTransfer.Wanted> wanted) throws BackupException {
        var asked = new PackSet();
        for (var pack : wanted) {
            asked.add(pack.name(), pack.size(), Instant.EPOCH);
        }
        var gone = new TreeSet<String>();
        Offsite.forEachBeside(from.store(), ref.source(), (name, _) -> {
            if (asked.contains(name)
                    && !gone.contains(name)
                    && from.store().stat(PackSet.path(name)).isEmpty()) {
                gone.add(name);
            }
        });
        return gone;
    }

    /** A recovery point alone counts: a copy that was cut has put some artifacts of the source there, too. */
    private boolean had(SourceName source) throws BackupException {
        var beside = source.neighbourhood();
        return ledger.read()
                .recoveryPoints()
                .flatMap(point -> point.sources().stream())
                .anyMatch(standing -> standing.source().neighbourhood().equals(beside));
    }

    /** Writers of staging store the pack's chunks again when they find the marker, and the next artifact heals. */
    static void mark(ObjectStore staging, String pack) throws BackupException {
        staging.create("damaged/" + pack, Body.of(new byte[0]));
    }
}
