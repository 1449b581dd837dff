package org.clusterbackup.repository.verify;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.RepositoryDescription;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.ledger.DrillResult;
import org.clusterbackup.repository.ledger.KeyChange;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.LedgerChain;
import org.clusterbackup.repository.ledger.LedgerHead;

/**
 * What a target's ledger says must be there.
 *
 * @param named by artifact, the digest of its manifest, without what was deleted
 * @param deleted artifacts that were entered for deletion
 */
record LedgerCheck(Map<ArtifactRef, Sha256> named, Set<ArtifactRef> deleted, int entries) {

    static LedgerCheck none() {
        return new LedgerCheck(Map.of(), Set.of(), 0);
    }

    static LedgerCheck of(Repository repository, List<LedgerHead> expectHeads, Findings findings)
            throws BackupException {
        var chain = new Ledger(repository).read();
        chain.problems().forEach(p -> findings.error(p.kind(), p.object(), p.message()));
        chain.unfinished()
                .forEach(name -> findings.note(name, name + " is unfinished: a signature without its ledger entry"));
        for (var head : expectHeads) {
            if (!chain.contains(head)) {
                findings.damaged(head.object(), "is missing: the ledger was rolled back behind " + head);
            }
        }
        keys(repository, chain, findings);
        drills(repository, chain, findings);
        chain.lastRecoveryPoint().ifPresent(point -> point.reasons()
                .forEach(reason -> findings.note(
                        point.run(),
                        "the last recovery point, " + point.run() + ", is "
                                + point.status().text() + ": " + reason)));
        return named(chain);
    }

    private static LedgerCheck named(LedgerChain chain) {
        var deleted = chain.deleted().stream()
                .map(d -> new ArtifactRef(d.source(), d.artifact()))
                .collect(Collectors.toSet());
        var named = new TreeMap<ArtifactRef, Sha256>();
        chain.recoveryPoints()
                .flatMap(point -> point.sources().stream())
                .forEach(s -> named.put(new ArtifactRef(s.source(), s.artifact()), s.manifestSha256()));
        named.keySet().removeAll(deleted);
        return new LedgerCheck(named, deleted, chain.links().size());
    }

    /** An older repository.json with its own good signature is a roll-back. */
    private static void keys(Repository repository, LedgerChain chain, Findings findings) {
        var newest =
                chain.bodies(KeyChange.class).mapToLong(KeyChange::revision).max();
        if (newest.isPresent() && newest.getAsLong() > repository.description().revision()) {
            findings.damaged(
                    RepositoryDescription.NAME,
                    "was rolled back: it has revision "
                            + repository.description().revision() + ", the ledger has seen revision "
                            + newest.getAsLong());
        }
    }

    private static void drills(Repository repository, LedgerChain chain, Findings findings) throws BackupException {
        for (var drill : chain.bodies(DrillResult.class).toList()) {
            var there = repository.store().digests(List.of(drill.report())).getFirst();
            if (there.isEmpty()) {
                findings.damaged(drill.report(), "is missing: the ledger names it");
            } else if (!there.get().equals(drill.sha256())) {
                findings.error(
                        Kind.DAMAGED, drill.report(), drill.report() + " is not the report that the ledger names");
            }
        }
    }
}
