package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.clusterbackup.cli.volume.DumpNames;
import org.clusterbackup.cli.volume.ReplicaSets;
import org.clusterbackup.cli.volume.VolumeNames;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import picocli.CommandLine.Parameters;

/** A command on the files of a volume, which lie in dumps of one brick of each of its replica sets. */
abstract class VolumeCommand extends RepositoryCommand {
    private static final String LATEST = "latest";
    private static final int PIPE_BYTES = 1 << 20;

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
        sets.chosen().keySet().stream().sorted().forEach(set -> tell(set, sets.chosen().get(set)));
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

    /** The dump is read no further than its names go; each pack of it is proved. */
    private DumpNames names(ArtifactReader reader) throws BackupException, IOException, InterruptedException {
        var in = new PipedInputStream(PIPE_BYTES);
        var out = new PipedOutputStream(in);
        var feeding = new FutureTask<>(() -> feed(reader, out));
        var thread = Thread.ofVirtual().start(feeding);
        try {
            return DumpNames.read(in, spool());
        } catch (IOException e) {
            in.close();
            thread.join();
            throw feeding.resultNow().filter(failure -> !isPipe(failure)).orElseGet(() -> cut(reader, e));
        } finally {
            in.close();
            thread.join();
        }
    }

    private Optional<BackupException> feed(ArtifactReader reader, OutputStream to) throws IOException {
        try (to) {
            copy(reader, to, "reading the names of " + reader.manifest().ref());
            return Optional.empty();
        } catch (BackupException e) {
            return Optional.of(e);
        }
    }

    /** The names were read, and nobody reads on. */
    private static boolean isPipe(BackupException failure) {
        return failure.kind() == Kind.FAILED && failure.getCause() instanceof IOException;
    }

    private BackupException cut(ArtifactReader reader, IOException e) {
        return new BackupException(
                        Kind.FAILED,
                        "cannot read the names of " + reader.manifest().ref() + ": " + e,
                        e)
                .withHint("is there space in " + spool() + "?");
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
