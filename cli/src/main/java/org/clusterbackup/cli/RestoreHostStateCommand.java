package org.clusterbackup.cli;

import java.util.Set;
import org.clusterbackup.repository.artifact.ArtifactKind;
import picocli.CommandLine.Command;

/** Restores a node's Gluster state and what else its agent kept. */
@Command(
        name = "host-state",
        description = "Restore the state of a node: Gluster's configuration and what rebuilding the node asks for.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup restore host-state host/node-a@latest --to /root/node-a",
            "  clusterbackup restore host-state host/node-a@latest --in-place var/lib/glusterd etc/glusterfs",
            "",
            "Packs are lost, and no other copy has them: what is not whole, and all the rest:",
            "",
            "  clusterbackup restore host-state host/node-a@latest --to /srv/salvaged --salvage",
            "",
            "Stop glusterd before a restore in place. What is replaced is kept aside, and it is said where."
        })
final class RestoreHostStateCommand extends TreeRestoringCommand {
    @Override
    Set<ArtifactKind> kinds() {
        return Set.of(ArtifactKind.HOST_STATE);
    }
}
