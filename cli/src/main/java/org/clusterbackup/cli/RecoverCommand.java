package org.clusterbackup.cli;

import picocli.CommandLine.Command;

/** Groups what leads through a disaster. */
@Command(
        name = "recover",
        description = "What to do after a disaster: a plan from the target alone, and its steps one by one.",
        mixinStandardHelpOptions = true,
        subcommands = {RecoverPlanCommand.class, RecoverRunCommand.class})
final class RecoverCommand {}
