package org.clusterbackup.cli;

import java.io.OutputStream;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes an artifact's plain stream to stdout. */
@Command(
        name = "cat",
        description = {
            "Write the plain stream of an artifact to stdout.",
            "Exit code 0 alone says that it is whole and proved: in a pipeline ask for it with 'set -o pipefail'."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup cat host/node-a@latest | tar -t",
            "  clusterbackup cat 20260101T020000000Z-1a2b3c4d >brick.dump"
        })
final class CatCommand extends RepositoryCommand {
    @Parameters(
            paramLabel = "ARTIFACT",
            description = "An id, its beginning, SOURCE@ID, SOURCE@latest or SOURCE@oldest.")
    private String artifact = "";

    @Option(names = "--check-first", description = "Read and prove everything once before the first byte is written.")
    private boolean checkFirst;

    @Override
    void run(Repository repository) throws BackupException {
        var ref = ArtifactName.resolve(repository, artifact);
        try (var reader = reader(repository, ref)) {
            if (checkFirst) {
                copy(reader, OutputStream.nullOutputStream(), "checking " + ref);
            }
            copy(reader, console().stdout(), ref.toString());
        }
    }
}
