package org.clusterbackup.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.store.ObjectStore;
import picocli.CommandLine.Mixin;

/** A command on a repository that is there and was verified. */
abstract class RepositoryCommand extends BackupCommand {
    @Mixin
    private final RepositoryOptions location = new RepositoryOptions();

    @Mixin
    private final KeyOptions keys = new KeyOptions();

    @Mixin
    private final SpoolOptions spool = new SpoolOptions();

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
        return spool.spool(environment());
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
