package org.clusterbackup.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.clusterbackup.cli.Rehearsal.Found;
import org.clusterbackup.cli.etcd.EtcdServer;
import org.clusterbackup.cli.kubernetes.ThrowAwayApiServer;
import org.clusterbackup.kubernetes.archive.ObjectArchive;
import org.clusterbackup.kubernetes.archive.StoredObject;
import org.clusterbackup.kubernetes.restore.Difference;
import org.clusterbackup.kubernetes.restore.OldName;
import org.clusterbackup.kubernetes.restore.Outcome;
import org.clusterbackup.kubernetes.restore.Restore;
import org.clusterbackup.kubernetes.restore.RestoreListener;
import org.clusterbackup.kubernetes.restore.RestoreOptions;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.drill.Drilled;

/**
 * Brings the objects of a Kubernetes artifact back into an API server that lives meanwhile; without its program every object
 * is read, and what there is compared with the manifest.
 *
 * @param tools where etcd is, if not in {@code PATH}
 * @param apiServer the program, if not in {@code PATH}
 */
record ObjectsRehearsal(RepositoryCommand command, Optional<Path> tools, Optional<Path> apiServer) {
    private static final String PROGRAM = "kube-apiserver";

    Found of(ArtifactReader reader) throws BackupException, IOException, InterruptedException {
        var manifest = reader.manifest();
        try (var file =
                ObjectsFile.write(command.spool(), into -> command.spool(reader, into, "reading " + manifest.ref()))) {
            var counts = new TreeMap<String, Long>();
            counts.put("objects", (long) file.archive().objects().size());
            counts.put(
                    "resources", (long) file.archive().index().path("resources").size());
            for (var counted : counts.entrySet()) {
                var announced = manifest.details().path(counted.getKey()).asLong(counted.getValue());
                if (announced != counted.getValue()) {
                    throw new BackupException(
                            Kind.DAMAGED,
                            "the artifact has " + counted.getValue() + " " + counted.getKey()
                                    + ", and its manifest says " + announced);
                }
            }
            return restore(file.archive(), counts);
        }
    }

    private Found restore(ObjectArchive archive, SortedMap<String, Long> counts)
            throws BackupException, IOException, InterruptedException {
        var program = apiServer.or(ObjectsRehearsal::inPath).filter(Files::isExecutable);
        if (program.isEmpty()) {
            var place = apiServer.map(Path::toString).orElse(PROGRAM + " in PATH");
            return Found.read(counts, Optional.of("not restored: there is no " + place));
        }
        EtcdServer etcd;
        try {
            etcd = EtcdServer.find(tools);
        } catch (BackupException e) {
            return Found.read(counts, Optional.of("not restored: " + e.getMessage()));
        }
        try (var started = ThrowAwayApiServer.start(command.spool(), etcd, program.get());
                var server = started.connect()) {
            var outcomes = new Outcomes();
            new Restore(archive, server, RestoreOptions.all(), outcomes).run();
            outcomes.counts.forEach((outcome, count) -> counts.put(name(outcome), count));
            return new Found(Drilled.Result.RESTORED, counts, outcomes.first);
        }
    }

    private static String name(Outcome outcome) {
        return outcome == Outcome.LEFT_OUT ? "leftOut" : outcome.text();
    }

    private static Optional<Path> inPath() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, PROGRAM))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Those that no server without the rest of the cluster takes, such as an aggregated API's, are told and no failure. */
    private static final class Outcomes implements RestoreListener {
        private final Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
        private Optional<String> first = Optional.empty();

        @Override
        public void done(StoredObject object, Outcome outcome, String reason, List<Difference> differences) {
            counts.merge(outcome, 1L, Long::sum);
            if (outcome.isFailure()) {
                first = first.or(() -> Optional.of(outcome.text() + ": " + object + ": " + reason));
            }
        }

        @Override
        public void oldName(StoredObject object, OldName name) {
            // Nothing is renamed here.
        }

        @Override
        public void warn(StoredObject object, String message) {
            first = first.or(() -> Optional.of(object + ": " + message));
        }
    }
}
