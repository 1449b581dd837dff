package org.clusterbackup.cli;

import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.ReaderOptions;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.ledger.Ledger;
import picocli.CommandLine.Command;

/** Proves that the keys at hand would restore. */
@Command(
        name = "check",
        description = {
            "Prove that the identity and the list of signers at hand open what is stored.",
            "That is the newest recovery point of a target, or in staging the newest artifact of every source: of",
            "each its sealed contents and its smallest pack. It takes seconds; 'clusterbackup drill' restores",
            "everything."
        },
        footerHeading = "%nExample:%n",
        footer = "  clusterbackup keys check -r sftp://backup@office.example/srv/backup --keys keys")
final class KeysCheckCommand extends RepositoryCommand {
    @Override
    void run(Repository repository) throws BackupException {
        var envelope = keys().opening(repository.description().encryption(), environment());
        var newest = newest(repository);
        if (newest.isEmpty()) {
            throw new BackupException(
                    Kind.NOT_FOUND,
                    "nothing to check: no artifact at " + repository.store().location());
        }
        var table = new Table("artifacts", "SOURCE", "ARTIFACT", "OPENS");
        for (var ref : newest) {
            var opens = opens(repository, envelope, ref);
            table.row(ref.source(), ref.artifact(), opens ? "yes" : "no")
                    .put("source", ref.source().value())
                    .put("artifact", ref.artifact().value())
                    .put("opens", opens);
        }
        table.print(console());
    }

    private boolean opens(Repository repository, Envelope envelope, ArtifactRef ref) throws BackupException {
        try (var reader = ArtifactReader.open(
                repository.store(),
                repository.description().repository(),
                repository.signers(),
                envelope,
                ref,
                ReaderOptions.defaults(spool()))) {
            reader.requireSmallestPackOpens(
                    repository.description().isTarget()
                            ? Set.of()
                            : Set.copyOf(OffsitePacks.among(reader.missingPacks(), repository, reader)));
            return true;
        } catch (BackupException e) {
            if (e.kind() != Kind.NO_KEY && !e.kind().concernsObject()) {
                throw e;
            }
            console()
                    .warn(
                            e.kind() == Kind.NOT_FOUND ? Kind.DAMAGED : e.kind(),
                            ref + " does not open: " + e.getMessage());
            return false;
        }
    }

    private List<ArtifactRef> newest(Repository repository) throws BackupException {
        if (repository.description().isTarget()) {
            var chain = new Ledger(repository).read();
            chain.problems().forEach(problem -> console().warn(problem.kind(), problem.message()));
            var point = chain.lastRecoveryPoint();
            if (point.isPresent()) {
                return point.get().sources().stream()
                        .map(standing -> new ArtifactRef(standing.source(), standing.artifact()))
                        .toList();
            }
        }
        var bySource = new TreeMap<String, ArtifactRef>();
        new Artifacts(repository.store())
                .list()
                .forEach(ref -> bySource.put(ref.source().value(), ref));
        return List.copyOf(bySource.values());
    }
}
