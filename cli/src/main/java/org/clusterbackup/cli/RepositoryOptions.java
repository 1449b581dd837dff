package org.clusterbackup.cli;

import java.util.Map;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which repository, and how to get there. */
final class RepositoryOptions {
    static final String VARIABLE = "CLUSTERBACKUP_REPOSITORY";

    @Option(
            names = {"-r", "--repository"},
            paramLabel = "URL",
            description = {
                "A directory, sftp://[user@]host[:port]/absolute/path, or s3:https://host[:port]/bucket[/prefix].",
                "Default: $" + VARIABLE + "."
            })
    @Nullable
    String repository;

    @Mixin
    private final AccessOptions access = new AccessOptions();

    String url(Map<String, String> environment) throws BackupException {
        return Optional.ofNullable(repository)
                .or(() -> Optional.ofNullable(environment.get(VARIABLE)))
                .filter(url -> !url.isBlank())
                .orElseThrow(() ->
                        BackupCommand.usage("which repository?").withHint("give it with -r URL or in $" + VARIABLE));
    }

    /** The caller closes the store. */
    ObjectStore open(Console console) throws BackupException {
        return access.open(url(console.environment()), console);
    }

    boolean isSsh(Map<String, String> environment) throws BackupException {
        return url(environment).startsWith("sftp:");
    }

    AccessOptions access() {
        return access;
    }
}
