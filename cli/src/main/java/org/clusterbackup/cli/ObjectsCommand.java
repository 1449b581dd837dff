package org.clusterbackup.cli;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.clusterbackup.kubernetes.api.ResourceFilter;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactKind;
import picocli.CommandLine.Option;

/** A command on the Kubernetes objects of an artifact. */
abstract class ObjectsCommand extends RepositoryCommand {
    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAMESPACE",
            description = "Only what is in it; may be repeated.")
    private List<String> namespaces = List.of();

    @Option(
            names = "--include",
            paramLabel = "PATTERN",
            split = ",",
            description =
                    "Only these resources, as kubectl spells them: secrets, deployments.apps; * for any characters.")
    private List<String> include = List.of();

    @Option(names = "--exclude", paramLabel = "PATTERN", split = ",", description = "Not these resources.")
    private List<String> exclude = List.of();

    final List<String> namespaces() {
        return namespaces;
    }

    final ResourceFilter filter() {
        return new ResourceFilter(include, exclude);
    }

    /** Reads the whole artifact and proves it; the caller closes the result. */
    final ObjectsFile objects(Repository repository, String artifact) throws BackupException, IOException {
        var ref = ArtifactName.resolve(repository, artifact);
        try (var reader = reader(repository, ref)) {
            KindCheck.require(reader.manifest(), Set.of(ArtifactKind.KUBERNETES));
            return ObjectsFile.write(spool(), file -> spool(reader, file, "reading " + ref));
        }
    }
}
