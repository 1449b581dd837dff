package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.clusterbackup.cli.etcd.ValueTexts;
import org.clusterbackup.cli.migrate.MappingFile;
import org.clusterbackup.cli.text.ByteText;
import org.clusterbackup.etcd.KeyRange;
import org.clusterbackup.etcd.KeysAt;
import org.clusterbackup.gluster.migrate.NewNames;
import org.clusterbackup.kubernetes.archive.StoredObject;
import org.clusterbackup.kubernetes.restore.OldName;
import org.clusterbackup.kubernetes.restore.OldNames;
import org.clusterbackup.kubernetes.restore.Renaming;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds old names in what Kubernetes and etcd hold. */
@Command(
        name = "scan",
        description = {
            "Find the old names of a mapping in the objects or values of an artifact.",
            "In the objects of a kubernetes artifact, or in the values of an etcd artifact. Of an object each field",
            "is said, and what 'restore kubernetes --mapping' makes of it: 'rewritten' where it can hold nothing but",
            "names, 'to-look-at' elsewhere, 'left-out' where the object does not come back."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup migrate scan kubernetes/main@latest --mapping new-names.yaml",
            "  clusterbackup migrate scan etcd/main@latest --mapping new-names.yaml --output json",
            "",
            "An etcd artifact asks for etcd and etcdutl. Of a Secret no value is shown."
        })
final class MigrateScanCommand extends RepositoryCommand {
    @Parameters(
            paramLabel = "ARTIFACT",
            description = "An id, its beginning, SOURCE@ID, SOURCE@latest or SOURCE@oldest.")
    private String artifact = "";

    @Option(names = "--mapping", required = true, paramLabel = "FILE", description = "See 'clusterbackup migrate'.")
    private Path mapping = Path.of("");

    @Option(names = "--tools", paramLabel = "DIR", description = "Where etcd and etcdutl are, if not in PATH.")
    private @Nullable Path tools;

    static Renaming renaming(NewNames names) {
        return new Renaming(names::rewrite, text -> !names.in(text).isEmpty());
    }

    static ObjectNode json(StoredObject object, OldName name) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("resource", object.type().name())
                .put("namespace", object.namespace())
                .put("name", object.name())
                .put("path", name.path())
                .put("before", name.before())
                .put("after", name.after())
                .put("fate", name.fate().text());
    }

    @Override
    void run(Repository repository) throws BackupException, IOException, InterruptedException {
        var names = MappingFile.read(mapping);
        var ref = ArtifactName.resolve(repository, artifact);
        try (var reader = reader(repository, ref)) {
            KindCheck.require(reader.manifest(), Set.of(ArtifactKind.KUBERNETES, ArtifactKind.ETCD));
            if (reader.manifest().origin().kind() == ArtifactKind.KUBERNETES) {
                objects(reader, renaming(names));
            } else {
                withKeys(reader, Optional.ofNullable(tools), KeyRange.prefix(new byte[0]), keys -> keys(keys, names));
            }
        }
    }

    private void objects(ArtifactReader reader, Renaming renaming) throws BackupException, IOException {
        var table = new Table("oldNames", "OBJECT", "FIELD", "AT A RESTORE");
        var what = "reading " + reader.manifest().ref();
        try (var objects = ObjectsFile.write(spool(), file -> spool(reader, file, what))) {
            for (var object : objects.archive().objects()) {
                for (var name : OldNames.in(object.type(), objects.archive().read(object), renaming)) {
                    table.row(object, name, name.fate().text()).setAll(json(object, name));
                }
            }
        }
        table.print(console());
    }

    private void keys(KeysAt keys, NewNames names) throws BackupException, IOException {
        var table = new Table("oldNames", "KEY", "OLD NAMES");
        var encrypted = new long[1];
        keys.each(key -> {
            var found = new TreeSet<String>();
            if (ValueTexts.isEncrypted(key.getValue())) {
                encrypted[0]++;
            } else {
                ValueTexts.of(key.getValue()).forEach(text -> found.addAll(names.in(text)));
            }
            if (!found.isEmpty()) {
                var row = table.row(ByteText.of(key.getKey().toByteArray()), String.join(" ", found))
                        .put("key", key.getKey().toByteArray());
                found.forEach(row.putArray("names")::add);
            }
        });
        table.print(console());
        if (encrypted[0] > 0) {
            console()
                    .warn(
                            Kind.WARNINGS,
                            encrypted[0]
                                    + " values are encrypted by an API server, and were not looked into: scan the"
                                    + " objects, which a kubernetes artifact has");
        }
    }
}
