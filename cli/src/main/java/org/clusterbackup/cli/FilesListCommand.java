package org.clusterbackup.cli;

import java.util.function.Predicate;
import org.clusterbackup.cli.volume.VolumePath;
import org.clusterbackup.repository.BackupException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists names of a volume's files. */
@Command(
        name = "list",
        description = {
            "List what was in a directory of a volume, a path a line, relative to the mount.",
            "A directory's ends with a slash. Bytes that are no readable text are written as \\xHH, and a backslash as",
            "\\\\. Only the beginning of each dump is read: its names."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup files list global",
            "  clusterbackup files list global@nightly-20260101T020000Z projects/plans --recursive"
        })
final class FilesListCommand extends VolumeNamesCommand {
    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PATH",
            description = "A directory or file, relative to the mount (default: the mount's root).")
    private String path = "";

    @Option(
            names = {"-R", "--recursive"},
            description = "Everything below it, too.")
    private boolean recursive;

    @Override
    Predicate<String> wanted() throws BackupException {
        var at = VolumePath.parse(path);
        return recursive ? at::holds : at::holdsDirectly;
    }

    @Override
    boolean isWhole() {
        return path.isEmpty();
    }

    @Override
    String nothing() {
        return path + " is not";
    }
}
