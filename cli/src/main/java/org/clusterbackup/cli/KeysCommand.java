package org.clusterbackup.cli;

import picocli.CommandLine.Command;

/** Groups what concerns keys. */
@Command(
        name = "keys",
        description = "Make and check keys.",
        mixinStandardHelpOptions = true,
        subcommands = {KeysGenerateCommand.class, KeysCheckCommand.class, KeysKitCommand.class})
final class KeysCommand {}
