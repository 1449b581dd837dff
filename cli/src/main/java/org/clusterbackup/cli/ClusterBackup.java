package org.clusterbackup.cli;

import picocli.CommandLine.Command;

/** The root command: it does nothing by itself. */
@Command(
        name = "clusterbackup",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            KeysCommand.class,
            InitCommand.class,
            StoreCommand.class,
            ListCommand.class,
            ShowCommand.class,
            SourcesCommand.class,
            VerifyCommand.class,
            CatCommand.class,
            RestoreCommand.class,
            FilesCommand.class,
            EtcdCommand.class,
            KubernetesCommand.class,
            RecoverCommand.class,
            MigrateCommand.class,
            CopyCommand.class,
            DrillCommand.class,
            PruneCommand.class,
            DoctorCommand.class,
            EstimateCommand.class,
            ScrubCommand.class,
            KitCommand.class,
            CompletionCommand.class,
        },
        description =
                "Stores, checks and restores the backups of a cluster. It needs a repository and keys, nothing else.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup keys generate keys --target office",
            "  export CLUSTERBACKUP_KEYS=keys CLUSTERBACKUP_REPOSITORY=sftp://backup@office.example/srv/backup",
            "  clusterbackup list",
            "  clusterbackup restore brick brick/gv0/0/node-a@latest --to /media/brick0",
            "",
            "Exit codes: 0 all done and proved, 1 failed, 2 usage, 3 finished with warnings or skips,",
            "10 no repository, 11 busy, 12 no key fits, 13 signature wrong or signer unknown, 14 damaged,",
            "15 unknown format, 16 place or machine unfit, 17 unreachable, 18 source incomplete, 19 drill failed,",
            "20 protected, or deleted on purpose, 128+N ended by signal N."
        })
final class ClusterBackup {}
