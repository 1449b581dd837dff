package org.clusterbackup.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.clusterbackup.cli.place.BrickRestore;
import org.clusterbackup.cli.place.Capability;
import org.clusterbackup.cli.place.ScratchFolder;
import org.clusterbackup.cli.place.ScratchXfs;
import org.clusterbackup.cli.tar.Destination;
import org.clusterbackup.cli.tar.Selection;
import org.clusterbackup.cli.tar.Unpacking;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.ArtifactReader;
import org.clusterbackup.repository.drill.Drilled;

/**
 * Brings an artifact back into scratch as a restore would, by its kind, compares what came back with its manifest, and throws
 * it away. Where this machine lacks what a restore takes, the artifact is read and proved, and it is said why not more.
 *
 * @param command that reads
 * @param tools where etcd's programs are, if not in {@code PATH}
 * @param apiServer the program {@code kube-apiserver}, if not in {@code PATH}
 * @param keep leave the trees that were restored in the spool
 */
record Rehearsal(RepositoryCommand command, Optional<Path> tools, Optional<Path> apiServer, boolean keep) {

    /**
     * What came of it.
     *
     * @param remark what was not done, or what a restore would meet
     */
    record Found(Drilled.Result result, SortedMap<String, Long> counts, Optional<String> remark) {
        static Found restored(SortedMap<String, Long> counts) {
            return new Found(Drilled.Result.RESTORED, counts, Optional.empty());
        }

        static Found read(SortedMap<String, Long> counts, Optional<String> remark) {
            return new Found(Drilled.Result.READ, counts, remark);
        }
    }

    /** @throws BackupException if it would not come back, or not as its manifest says */
    Found of(ArtifactReader reader) throws BackupException, IOException, InterruptedException {
        return switch (reader.manifest().origin().kind()) {
            case BRICK -> brick(reader);
            case HOST_STATE, TREE -> tree(reader);
            case ETCD -> new EtcdRehearsal(command, tools).of(reader);
            case KUBERNETES -> new ObjectsRehearsal(command, tools, apiServer).of(reader);
            case STREAM -> read(reader, Optional.empty());
        };
    }

    private Found read(ArtifactReader reader, Optional<String> remark) throws BackupException {
        command.copy(
                reader,
                OutputStream.nullOutputStream(),
                "reading " + reader.manifest().ref());
        return Found.read(new TreeMap<>(), remark);
    }

    private Found brick(ArtifactReader reader) throws BackupException, IOException, InterruptedException {
        ScratchXfs scratch;
        try {
            scratch = ScratchXfs.of(reader.manifest(), command.spool(), ScratchXfs.wholeBytes(reader.manifest()));
        } catch (BackupException e) {
            if (e.kind() != Kind.TARGET_UNFIT) {
                throw e;
            }
            return read(reader, Optional.of("not restored: " + e.getMessage()));
        }
        try (scratch) {
            var found = new BrickRestore(reader.manifest(), scratch.place())
                    .whole(out -> command.copy(
                            reader, out, "restoring " + reader.manifest().ref()));
            var counts = new TreeMap<String, Long>();
            counts.put("files", found.files());
            if (found.orphans() > 0) {
                counts.put("orphans", found.orphans());
            }
            var announced = reader.manifest().details().path("files").asLong(0);
            if (announced > found.files()) {
                counts.put("vanished", announced - found.files());
            }
            return Found.restored(counts);
        }
    }

    private Found tree(ArtifactReader reader) throws BackupException, IOException, InterruptedException {
        var missing = Capability.missingForTrees();
        try (var scratch = ScratchFolder.below(command.spool(), "drill-")) {
            var destination = Destination.empty(scratch.path());
            var heard = new Heard();
            try (var unpacking = missing.isEmpty()
                    ? Unpacking.start(destination, new Selection(List.of()), true, heard)
                    : Unpacking.dry(destination, new Selection(List.of()), true, heard)) {
                command.unpack(reader, unpacking);
                unpacking.finish();
                heard.counts.put("members", unpacking.members());
            } catch (BackupException e) {
                throw heard.explained(e);
            }
            if (!missing.isEmpty()) {
                return Found.read(heard.counts, Optional.of("not restored: this process lacks " + missing));
            }
            if (keep) {
                scratch.keep();
                return new Found(Drilled.Result.RESTORED, heard.counts, Optional.of("kept in " + scratch.path()));
            }
            return new Found(Drilled.Result.RESTORED, heard.counts, heard.first());
        }
    }

    /** What was left out, and what tar said: the first of each is told, the others are counted. */
    private static final class Heard implements Unpacking.Listener {
        private final SortedMap<String, Long> counts = new TreeMap<>();
        private Optional<String> refused = Optional.empty();
        private Optional<String> said = Optional.empty();

        @Override
        public void taken(String name) {}

        @Override
        public void refused(String name, String reason) {
            counts.merge("refused", 1L, Long::sum);
            refused = refused.or(() -> Optional.of("a restore leaves out " + name + ": " + reason));
        }

        @Override
        public synchronized void said(String line) {
            counts.merge("messages", 1L, Long::sum);
            said = said.or(() -> Optional.of(line));
        }

        synchronized Optional<String> first() {
            return refused.or(() -> said);
        }

        /** tar's exit code alone tells nobody that the disk is full. */
        synchronized BackupException explained(BackupException e) {
            return said.filter(line -> e.kind() == Kind.TARGET_UNFIT)
                    .map(line -> new BackupException(
                            line.contains("No space left") ? Kind.NO_SPACE : e.kind(), e.getMessage() + ": " + line, e))
                    .orElse(e);
        }
    }
}
