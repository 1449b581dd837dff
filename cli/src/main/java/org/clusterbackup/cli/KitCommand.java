package org.clusterbackup.cli;

import picocli.CommandLine.Command;

/** Groups what concerns rescue kits. */
@Command(
        name = "kit",
        description = "Keep at a target what somebody needs to begin again: this program, manifests. Nothing secret.",
        mixinStandardHelpOptions = true,
        subcommands = {KitPutCommand.class, KitGetCommand.class})
final class KitCommand {}
