package org.clusterbackup.cli;

import picocli.CommandLine.Command;

/** Groups what looks into etcd's snapshots. */
@Command(
        name = "etcd",
        description = "Look at the keys of an etcd artifact, or pull some out.",
        mixinStandardHelpOptions = true,
        subcommands = {EtcdKeysCommand.class, EtcdGetCommand.class, EtcdExportCommand.class})
final class EtcdCommand {}
