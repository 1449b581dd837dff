package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.clusterbackup.cli.text.ByteText;
import org.clusterbackup.cli.volume.ReplicaSets;
import org.clusterbackup.cli.volume.VolumeNames;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import picocli.CommandLine.Parameters;

/** A command on the files of a volume, which lie in dumps of one brick of each of its replica sets. */
abstract class VolumeCommand extends RepositoryCommand {
    private static final String LATEST = "latest";

    @Parameters(
            index = "0",
            paramLabel = "VOLUME",
            description = "A volume's name, VOLUME@latest, or VOLUME@RUN for what it was in a recovery point.")
    private String volume = "";

    /** @param sets the dumps that hold the volume */
    abstract void run(Repository repository, ReplicaSets sets)
            throws BackupException, IOException, InterruptedException;

    @Override
    final void run(Repository repository) throws BackupException, IOException, InterruptedException {
        check();
        var at = volume.lastIndexOf('@');
        var name = at < 0 ? volume : volume.substring(0, at);
        var when = at < 0 ? LATEST : volume.substring(at + 1);
        var sets = ReplicaSets.choose(name, manifests(repository, name, when));
        sets.chosen().forEach(this::tell);
        for (var set : sets.missing()) {
            console().warn(Kind.WARNINGS, "there is no dump of replica set " + set + ": its files are not found");
        }
        if (!sets.ofOneRun()) {
            console()
                    .warn(
                            Kind.WARNINGS,
                            "the dumps are of different runs: a file that was renamed meanwhile may be missing");
        }
        run(repository, sets);
    }

    /** What can be found wrong before anything is read. */
    void check() throws BackupException, IOException {}

    private void tell(int set, Manifest manifest) {
        var heals = manifest.details().path("pendingHeals").asLong(0);
        console()
                .remark("replica set " + set + ": " + manifest.ref() + ", of " + manifest.started()
                        + (heals > 0 ? ", with " + heals + " files that its partners were to heal from it" : ""));
    }

    private List<Manifest> manifests(Repository repository, String name, String when)
            throws BackupException, InterruptedException {
        var sources = SourceName.of("brick", name).value() + "/";
        var all = new Artifacts(repository.store())
                .list().stream()
                        .filter(ref -> ref.source().value().startsWith(sources))
                        .toList();
        var point = point(repository, when);
        Set<ArtifactRef> wanted = new HashSet<>(all);
        if (point.isPresent()) {
            wanted.retainAll(point.get().sources().stream()
                    .map(standing -> new ArtifactRef(standing.source(), standing.artifact()))
                    .collect(Collectors.toSet()));
        } else if (when.equals(LATEST)) {
            wanted.retainAll(newest(repository, all));
        }
        var listing = Listing.of(repository, wanted::contains);
        listing.tell(console());
        var found = listing.items().stream()
                .flatMap(item -> item.manifest().stream())
                .filter(manifest -> when.equals(LATEST)
                        || point.isPresent()
                        || manifest.run().filter(when::equals).isPresent())
                .toList();
        if (found.isEmpty()) {
            var problem = listing.items().stream()
                    .flatMap(item -> item.problem().stream())
                    .findFirst();
            if (problem.isPresent()) {
                throw problem.get();
            }
            throw new BackupException(Kind.NOT_FOUND, "there is no dump of a brick of volume " + name + " at " + when)
                    .withHint("'clusterbackup list' shows sources and recovery points");
        }
        return found;
    }

    private static Optional<RecoveryPoint> point(Repository repository, String when) throws BackupException {
        if (when.equals(LATEST) || !repository.description().isTarget()) {
            return Optional.empty();
        }
        return new Ledger(repository)
                .read()
                .recoveryPointOf(when)
                .flatMap(link -> link.entry().body())
                .map(RecoveryPoint.class::cast);
    }

    /** Each source's last; of those that were retired at this target none. */
    private static Set<ArtifactRef> newest(Repository repository, List<ArtifactRef> all) throws BackupException {
        var retired = repository.description().isTarget()
                ? new Ledger(repository).read().retired()
                : Set.<SourceName>of();
        return all.stream()
                .filter(ref -> !retired.contains(ref.source()))
                .collect(Collectors.toMap(ArtifactRef::source, ref -> ref, (a, b) -> a.compareTo(b) > 0 ? a : b))
                .values()
                .stream()
                .collect(Collectors.toSet());
    }

    /** Reads the names of every set, as far as {@code wanted} takes them. */
    final VolumeNames names(Repository repository, ReplicaSets sets, Predicate<String> wanted)
            throws BackupException, IOException, InterruptedException {
        var names = new VolumeNames(sets.volume(), wanted);
        for (var chosen : sets.chosen().entrySet()) {
            var manifest = chosen.getValue();
            try (var reader = reader(repository, manifest.ref());
                    var dump = names(reader)) {
                names.add(chosen.getKey(), manifest.details(), dump);
            } catch (BackupException e) {
                throw e.kind() == Kind.DAMAGED || e.kind() == Kind.UNKNOWN_FORMAT
                        ? new BackupException(e.kind(), manifest.ref() + ": " + e.getMessage(), e)
                        : e;
            }
        }
        return names;
    }

    /** The names as a result. */
    final void print(ReplicaSets sets, VolumeNames names) throws BackupException {
        if (console().json()) {
            console().json(document(sets, names));
            return;
        }
        for (var name : names.all().entrySet()) {
            console().line(ByteText.ofRaw(name.getKey()) + (name.getValue().folder() ? "/" : ""));
        }
    }

    private static ObjectNode document(ReplicaSets sets, VolumeNames names) {
        var document = JsonNodeFactory.instance.objectNode().put("volume", sets.volume());
        describe(sets, document.putArray("bricks"));
        var files = document.putArray("files");
        names.all().forEach((path, name) -> files.addObject()
                .put("path", ByteText.ofRaw(path))
                .put("base64", Base64.getEncoder().encodeToString(path.getBytes(StandardCharsets.ISO_8859_1)))
                .put("type", name.folder() ? "directory" : "file"));
        return document;
    }

    /** Which dumps the result comes from. */
    static void describe(ReplicaSets sets, ArrayNode bricks) {
        for (var chosen : sets.chosen().entrySet()) {
            var manifest = chosen.getValue();
            var node = bricks.addObject()
                    .put("replicaSet", chosen.getKey())
                    .put("source", manifest.ref().source().value())
                    .put("artifact", manifest.ref().artifact().value())
                    .put("started", manifest.started().toString());
            manifest.run().ifPresent(run -> node.put("run", run));
        }
    }
}
