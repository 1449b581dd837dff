package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.clusterbackup.cli.migrate.MappingFile;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.archive.StoredObject;
import org.clusterbackup.kubernetes.restore.Difference;
import org.clusterbackup.kubernetes.restore.LabelSelector;
import org.clusterbackup.kubernetes.restore.OldName;
import org.clusterbackup.kubernetes.restore.Outcome;
import org.clusterbackup.kubernetes.restore.Renaming;
import org.clusterbackup.kubernetes.restore.Restore;
import org.clusterbackup.kubernetes.restore.RestoreListener;
import org.clusterbackup.kubernetes.restore.RestoreOptions;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings Kubernetes objects back into a cluster. */
@Command(
        name = "kubernetes",
        description = {
            "Bring Kubernetes objects back into a cluster, by server-side apply, in an order that works.",
            "It can be done again at any time, and deletes nothing. What the cluster itself makes is left out.",
            "With --namespace come the objects in it, the namespace itself and the volumes that its claims have, and",
            "nothing else that is in no namespace: no custom resource definitions, cluster roles, storage classes."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup restore kubernetes kubernetes/main@latest --kubeconfig new.kubeconfig --dry-run",
            "  clusterbackup restore kubernetes kubernetes/main@latest --namespace shop --map-namespace shop=shop-old",
            "  clusterbackup restore kubernetes kubernetes/main@latest --mapping new-names.yaml",
            "",
            "Objects that conflict or are refused are named (exit code 3); everything else comes back."
        })
final class RestoreKubernetesCommand extends ObjectsCommand {
    /** For what objects need, such as a custom resource's definition, since the last one came back. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Parameters(
            paramLabel = "ARTIFACT",
            description = "An id, its beginning, SOURCE@ID, SOURCE@latest or SOURCE@oldest.")
    private String artifact = "";

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Where the cluster is and how to log in (default: what kubectl would take).")
    private @Nullable Path kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "A context of the kubeconfig.")
    private @Nullable String context;

    @Option(
            names = {"-l", "--selector"},
            paramLabel = "SELECTOR",
            description = "Only objects with these labels: app=shop,tier!=test.")
    private @Nullable String selector;

    @Option(
            names = "--map-namespace",
            paramLabel = "OLD=NEW",
            description = "Restore what was in OLD into NEW; may be repeated.")
    private Map<String, String> renamed = Map.of();

    @Option(
            names = "--mapping",
            paramLabel = "FILE",
            description = {
                "Old and new names of servers, addresses and brick paths, as 'clusterbackup migrate' takes them: rewritten",
                "in fields that hold nothing else. Where else an old name stands is said (exit code 3)."
            })
    private @Nullable Path mapping;

    @Option(
            names = "--keep-status",
            paramLabel = "PATTERN",
            split = ",",
            description = "Resources whose status comes back, too; without it controllers make it anew.")
    private List<String> keepStatus = List.of();

    @Option(
            names = "--force-conflicts",
            description =
                    "Take over fields that somebody else set since; without it such objects are named and stay as they are.")
    private boolean force;

    @Option(names = "--dry-run", description = "Let the cluster judge everything and show what would change.")
    private boolean dryRun;

    @Override
    void run(Repository repository) throws BackupException, IOException {
        var options = new RestoreOptions(
                filter(),
                new HashSet<>(namespaces()),
                selector == null ? LabelSelector.ALL : LabelSelector.parse(selector),
                renamed,
                mapping == null ? Renaming.NONE : MigrateScanCommand.renaming(MappingFile.read(mapping)),
                keepStatus,
                force,
                dryRun,
                PATIENCE);
        try (var server = ApiServer.connect(Optional.ofNullable(kubeconfig), Optional.ofNullable(context))) {
            requireAnswer(server);
            try (var objects = objects(repository, artifact)) {
                var told = new Told();
                new Restore(objects.archive(), server, options, told).run();
                told.end(server.url());
            }
        }
    }

    /** Before much is read for nothing. */
    private static void requireAnswer(ApiServer server) throws BackupException {
        var answer = server.getSmall("/version", Duration.ofSeconds(10));
        if (!answer.ok()) {
            throw new BackupException(
                    answer.forbidden() ? Kind.NOT_PERMITTED : Kind.UNREACHABLE, server.url() + ": " + answer.message());
        }
    }

    private final class Told implements RestoreListener {
        private final Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        private final ArrayNode objects = JsonNodeFactory.instance.arrayNode();
        private final ArrayNode names = JsonNodeFactory.instance.arrayNode();

        @Override
        public void done(StoredObject object, Outcome outcome, String reason, List<Difference> differences)
                throws BackupException {
            counts.merge(outcome, 1, Integer::sum);
            if (outcome.isFailure()) {
                console().warn(Kind.WARNINGS, outcome.text() + ": " + object + ": " + reason);
            }
            if (console().json()) {
                node(object, outcome, reason, differences);
                return;
            }
            switch (outcome) {
                case CREATED, CHANGED -> console().line(outcome.text() + " " + object);
                case UNCHANGED, LEFT_OUT, CONFLICTING, REFUSED -> {}
            }
            for (var difference : differences) {
                console().line("  " + difference);
            }
        }

        private void node(StoredObject object, Outcome outcome, String reason, List<Difference> differences) {
            var node = objects.addObject()
                    .put("resource", object.type().name())
                    .put("namespace", object.namespace())
                    .put("name", object.name())
                    .put("outcome", outcome.text());
            if (!reason.isEmpty()) {
                node.put("reason", reason);
            }
            if (!differences.isEmpty()) {
                var changes = node.putArray("differences");
                differences.forEach(difference -> changes.add(difference.toString()));
            }
        }

        @Override
        public void oldName(StoredObject object, OldName name) throws BackupException {
            if (name.fate() != OldName.Fate.REWRITTEN) {
                console().warn(Kind.WARNINGS, object + ": an old name is left: " + name);
            } else if (!console().json()) {
                console().line("renamed in " + object + ": " + name);
            }
            names.add(MigrateScanCommand.json(object, name));
        }

        @Override
        public void warn(StoredObject object, String message) {
            console().warn(Kind.WARNINGS, object + ": " + message);
        }

        void end(String url) throws BackupException {
            if (console().json()) {
                var document = JsonNodeFactory.instance.objectNode();
                document.put("to", url).put("dryRun", dryRun);
                counts.forEach((outcome, count) -> document.put(outcome.text(), count));
                document.set("objects", objects);
                if (mapping != null) {
                    document.set("oldNames", names);
                }
                console().json(document);
                return;
            }
            var summary = counts.entrySet().stream()
                    .map(entry -> entry.getValue() + " " + entry.getKey().text())
                    .collect(Collectors.joining(", "));
            console().line((dryRun ? "would be, at " : "at ") + url + ": " + (summary.isEmpty() ? "nothing" : summary));
        }
    }
}
