package org.clusterbackup.cli;

import picocli.CommandLine.Command;

/** Groups what brings back single files. */
@Command(
        name = "files",
        description = "Find and bring back files of a Gluster volume, out of the dumps of its bricks.",
        mixinStandardHelpOptions = true,
        subcommands = {FilesListCommand.class, FilesFindCommand.class, FilesRestoreCommand.class})
final class FilesCommand {}
