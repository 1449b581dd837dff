package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.clusterbackup.kubernetes.archive.ObjectArchive;
import org.clusterbackup.kubernetes.archive.StoredObject;
import org.clusterbackup.kubernetes.restore.Difference;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Compares two artifacts. */
@Command(
        name = "diff",
        description = "Say in which objects two artifacts differ, and in what. Values of Secrets are not shown.",
        footerHeading = "%nExample:%n",
        footer = "  clusterbackup kubernetes diff kubernetes/main@oldest kubernetes/main@latest --namespace shop")
final class KubernetesDiffCommand extends ObjectsCommand {
    @Parameters(index = "0", paramLabel = "ARTIFACT", description = "The earlier artifact.")
    private String first = "";

    @Parameters(index = "1", paramLabel = "ARTIFACT", description = "The later artifact.")
    private String second = "";

    @Override
    void run(Repository repository) throws BackupException, IOException {
        var found = JsonNodeFactory.instance.arrayNode();
        try (var one = objects(repository, first);
                var other = objects(repository, second)) {
            var before = byName(one.archive());
            var after = byName(other.archive());
            for (var object : before.entrySet()) {
                var now = after.get(object.getKey());
                if (now == null) {
                    tell(found, "removed", object.getKey(), List.of());
                } else {
                    var differences = Difference.between(
                            now.type(),
                            one.archive().read(object.getValue()),
                            other.archive().read(now));
                    if (!differences.isEmpty()) {
                        tell(found, "changed", object.getKey(), differences);
                    }
                }
            }
            for (var name : after.keySet()) {
                if (!before.containsKey(name)) {
                    tell(found, "added", name, List.of());
                }
            }
        }
        if (console().json()) {
            var document = JsonNodeFactory.instance.objectNode();
            document.set("objects", found);
            console().json(document);
        }
    }

    private Map<String, StoredObject> byName(ObjectArchive archive) {
        var objects = new TreeMap<String, StoredObject>();
        for (var object : archive.objects()) {
            if (filter().takes(object.type())
                    && (namespaces().isEmpty() || namespaces().contains(object.namespace()))) {
                objects.put(object.toString(), object);
            }
        }
        return objects;
    }

    private void tell(ArrayNode found, String change, String object, List<Difference> differences)
            throws BackupException {
        if (console().json()) {
            var node = found.addObject().put("object", object).put("change", change);
            var values = node.putArray("differences");
            differences.forEach(difference -> values.addObject()
                    .put("path", difference.path())
                    .put("before", difference.before())
                    .put("after", difference.after()));
            return;
        }
        console().line(change + " " + object);
        for (var difference : differences) {
            console().line("  " + difference);
        }
    }
}
