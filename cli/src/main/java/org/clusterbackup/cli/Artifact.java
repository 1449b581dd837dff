package org.clusterbackup.cli;

import java.nio.file.Path;
import java.util.Map;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.ReaderOptions;

/** Opens one artifact for reading, after everything that can be asked before its first pack. */
final class Artifact {
    private static final int NAMED = 10;

    private Artifact() {}

    /**
     * The caller closes the reader.
     *
     * @throws BackupException also {@code DAMAGED} if a pack is missing or has another size; each is named
     */
    static ArtifactReader open(
            Repository repository, ArtifactRef ref, KeyOptions keys, Path spool, Map<String, String> environment)
            throws BackupException {
        var envelope = keys.opening(repository.description().encryption(), environment);
        var reader = ArtifactReader.open(
                repository.store(),
                repository.description().repository(),
                repository.signers(),
                envelope,
                ref,
                ReaderOptions.defaults(spool));
        try {
            requirePacks(repository, reader);
            return reader;
        } catch (BackupException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private static void requirePacks(Repository repository, ArtifactReader reader) throws BackupException {
        var missing = reader.missingPacks();
        if (missing.isEmpty()) {
            return;
        }
        var named = missing.stream().limit(NAMED).map(PackSet::path).toList();
        var more = missing.size() > NAMED ? " and " + (missing.size() - NAMED) + " more" : "";
        throw new BackupException(
                        Kind.DAMAGED,
                        "missing or of another size at " + repository.store().location() + ": "
                                + String.join(", ", named) + more)
                .withHint("another copy of the repository may have them: clusterbackup copy");
    }
}
