package org.clusterbackup.cli;

import java.util.Set;
import org.clusterbackup.repository.artifact.ArtifactKind;
import picocli.CommandLine.Command;

/** Restores any tar artifact. */
@Command(
        name = "tree",
        description = "Restore a tree of files, whole or in part.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup restore tree provisioner/site-a@latest --to /srv/restored",
            "  clusterbackup restore tree provisioner/site-a@latest --to /srv/restored srv/provisioner/saved"
                    + " 'etc/*.conf'",
            "",
            "Packs are lost, and no other copy has them: what is not whole, and all the rest:",
            "",
            "  clusterbackup restore tree provisioner/site-a@latest --to /srv/salvaged --salvage",
            "",
            "A member whose name leads elsewhere, or lies behind a symbolic link, is refused by name (exit code 3)."
        })
final class RestoreTreeCommand extends TreeRestoringCommand {
    @Override
    Set<ArtifactKind> kinds() {
        return Set.of(ArtifactKind.TREE, ArtifactKind.HOST_STATE, ArtifactKind.KUBERNETES);
    }
}
