package org.clusterbackup.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import picocli.CommandLine.Mixin;

/** A command on a repository that is there and was verified. */
abstract class RepositoryCommand extends BackupCommand {
    @Mixin
    private final RepositoryOptions location = new RepositoryOptions();

    @Mixin
    private final KeyOptions keys = new KeyOptions();

    @Mixin
    private final SpoolOptions spool = new SpoolOptions();

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
        try (var store = location.open(environment())) {
            run(Repository.open(store, signers));
        }
    }

    abstract void run(Repository repository) throws BackupException, IOException, InterruptedException;
}
