package org.clusterbackup.cli;

import org.clusterbackup.repository.BackupException;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints a script that makes a shell complete this program's commands and options. */
@Command(
        name = "completion",
        description = "Print a completion script for a shell.",
        footerHeading = "%nExample:%n",
        footer = {"  . <(clusterbackup completion bash)", "  clusterbackup completion zsh >~/.zsh/_clusterbackup"})
final class CompletionCommand extends BackupCommand {
    enum Shell {
        BASH,
        ZSH
    }

    @Parameters(paramLabel = "bash|zsh", description = "The shell.")
    Shell shell = Shell.BASH;

    @Override
    void run() throws BackupException {
        var root = spec().root().commandLine();
        // picocli's script serves both: under zsh it turns bash's completion functions on by itself
        console().line(AutoComplete.bash("clusterbackup", root));
    }
}
