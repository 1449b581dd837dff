package org.clusterbackup.cli;

import picocli.CommandLine.Command;

/** Groups what concerns keys. */
@Command(
        name = "keys",
        description = "Make, check and rotate keys.",
        mixinStandardHelpOptions = true,
        subcommands = {KeysGenerateCommand.class, KeysCheckCommand.class, KeysApplyCommand.class, KeysKitCommand.class})
final class KeysCommand {}
