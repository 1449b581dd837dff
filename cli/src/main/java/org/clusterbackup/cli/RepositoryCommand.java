package org.clusterbackup.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command on a repository that is there and was verified. */
abstract class RepositoryCommand extends BackupCommand {
    private static final String SPOOL_VARIABLE = "CLUSTERBACKUP_SPOOL";

    @Mixin
    private final RepositoryOptions location = new RepositoryOptions();

    @Mixin
    private final KeyOptions keys = new KeyOptions();

    @Option(
            names = "--spool",
            paramLabel = "DIR",
            description = "Where working files lie (default: $" + SPOOL_VARIABLE + ", $TMPDIR, /tmp).")
    private @Nullable Path spool;

    final RepositoryOptions location() {
        return location;
    }

    final KeyOptions keys() {
        return keys;
    }

    final Map<String, String> environment() {
        return console().environment();
    }

    final Path spool() {
        return Optional.ofNullable(spool)
                .or(() -> Optional.ofNullable(environment().get(SPOOL_VARIABLE)).map(Path::of))
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
    }

    @Override
    final void run() throws BackupException, IOException, InterruptedException {
        var signers = keys.allowedSigners(environment());
        try (var store = openStore()) {
            run(Repository.open(store, signers));
        }
    }

    private ObjectStore openStore() throws BackupException {
        return location.open(location.url(environment()), environment());
    }

    abstract void run(Repository repository) throws BackupException, IOException, InterruptedException;
}
