package org.clusterbackup.cli;

import picocli.CommandLine.Command;

/** Groups what brings things back. */
@Command(
        name = "restore",
        description = "Bring back what was stored.",
        mixinStandardHelpOptions = true,
        subcommands = {
            RestoreBrickCommand.class,
            RestoreTreeCommand.class,
            RestoreHostStateCommand.class,
            RestoreEtcdCommand.class,
            RestoreKubernetesCommand.class
        })
final class RestoreCommand {}
