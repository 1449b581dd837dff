package org.clusterbackup.cli;

import picocli.CommandLine.Command;

/** Groups what looks into Kubernetes objects. */
@Command(
        name = "kubernetes",
        description = "Look at the Kubernetes objects of an artifact.",
        mixinStandardHelpOptions = true,
        subcommands = {KubernetesShowCommand.class, KubernetesDiffCommand.class})
final class KubernetesCommand {}
