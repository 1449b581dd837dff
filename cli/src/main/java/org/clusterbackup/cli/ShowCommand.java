package org.clusterbackup.cli;

import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows what an artifact's manifest says. */
@Command(
        name = "show",
        description = "Show what the signed manifest of an artifact says.",
        footerHeading = "%nExample:%n",
        footer = "  clusterbackup show brick/gv0/0/node-a@latest")
final class ShowCommand extends RepositoryCommand {
    @Parameters(
            paramLabel = "ARTIFACT",
            description = "An id, its beginning, SOURCE@ID, SOURCE@latest or SOURCE@oldest.")
    private String artifact = "";

    @Override
    void run(Repository repository) throws BackupException {
        var ref = ArtifactName.resolve(repository, artifact);
        var manifest = new Manifests(
                        repository.store(), repository.description().repository(), repository.signers())
                .read(ref)
                .manifest();
        var packs = PackList.read(repository.store(), manifest);
        var members = JsonLayout.parse(ref.object(ArtifactRef.MANIFEST), manifest.toBytes())
                .object()
                .deepCopy();
        members.put("packs", packs.count());
        if (console().json()) {
            console().json(members);
            return;
        }
        for (var member : members.properties()) {
            var value = member.getValue();
            console().line(String.format("%-18s %s", member.getKey(), value.isTextual() ? value.textValue() : value));
        }
    }
}
