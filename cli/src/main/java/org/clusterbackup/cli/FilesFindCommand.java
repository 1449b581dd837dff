package org.clusterbackup.cli;

import java.util.function.Predicate;
import org.clusterbackup.cli.volume.VolumePath;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.SourceName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Finds names of a volume's files. */
@Command(
        name = "find",
        description = {
            "Find files and directories of a volume by their paths, relative to the mount.",
            "They are written as 'clusterbackup files list' does."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup files find global '*.odt'",
            "  clusterbackup files find global@latest 'projects/*/plan-2026*'"
        })
final class FilesFindCommand extends VolumeNamesCommand {
    @Parameters(
            index = "1",
            paramLabel = "PATTERN",
            description = "A path; * stands for any characters, / too. The whole path must match.")
    private String pattern = "";

    @Override
    Predicate<String> wanted() throws BackupException {
        return SourceName.matching(VolumePath.parse(pattern).raw());
    }

    @Override
    String nothing() {
        return "nothing matches " + pattern;
    }
}
