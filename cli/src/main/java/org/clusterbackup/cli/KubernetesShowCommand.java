package org.clusterbackup.cli;

import java.io.IOException;
import java.util.List;
import org.clusterbackup.kubernetes.archive.StoredObject;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lists objects, or prints some. */
@Command(
        name = "show",
        description = "List the objects of an artifact, or print one as it was, as JSON.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup kubernetes show kubernetes/main@latest --namespace shop",
            "  clusterbackup kubernetes show kubernetes/main@latest deployments.apps/web --namespace shop",
            "",
            "Secrets are printed as they are."
        })
final class KubernetesShowCommand extends ObjectsCommand {
    @Parameters(
            index = "0",
            paramLabel = "ARTIFACT",
            description = "An id, its beginning, SOURCE@ID, SOURCE@latest or SOURCE@oldest.")
    private String artifact = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "RESOURCE/NAME",
            description = "The object to print, in every namespace that has one.")
    private @Nullable String name;

    @Override
    void run(Repository repository) throws BackupException, IOException {
        try (var objects = objects(repository, artifact)) {
            var wanted =
                    objects.archive().objects().stream().filter(this::wants).toList();
            if (name == null) {
                list(wanted);
                return;
            }
            if (wanted.isEmpty()) {
                throw new BackupException(Kind.NOT_FOUND, "no object " + name + " in " + artifact)
                        .withHint("without a name all are listed");
            }
            for (var object : wanted) {
                console().json(objects.archive().read(object));
            }
        }
    }

    private boolean wants(StoredObject object) {
        return filter().takes(object.type())
                && (namespaces().isEmpty() || namespaces().contains(object.namespace()))
                && (name == null || name.equals(object.type() + "/" + object.name()));
    }

    private void list(List<StoredObject> objects) throws BackupException {
        var table = new Table("objects", "NAMESPACE", "RESOURCE", "NAME");
        for (var object : objects) {
            var row = table.row(
                    object.namespace().isEmpty() ? "-" : object.namespace(),
                    object.type().name(),
                    object.name());
            row.put("namespace", object.namespace())
                    .put("resource", object.type().name())
                    .put("version", object.type().version())
                    .put("kind", object.type().kind())
                    .put("name", object.name())
                    .put("uid", object.uid());
        }
        table.print(console());
    }
}
