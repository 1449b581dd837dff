package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clusterbackup.cli.dump.Inodes;
import org.clusterbackup.cli.place.BrickRestore;
import org.clusterbackup.cli.place.BrickRoot;
import org.clusterbackup.cli.place.LiveBricks;
import org.clusterbackup.cli.place.Mount;
import org.clusterbackup.cli.place.ScratchXfs;
import org.clusterbackup.cli.text.ByteText;
import org.clusterbackup.cli.volume.ReplicaSets;
import org.clusterbackup.cli.volume.StagedFiles;
import org.clusterbackup.cli.volume.VolumeNames;
import org.clusterbackup.cli.volume.VolumePath;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.artifact.Manifest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings back files of a volume through its mount. */
@Command(
        name = "restore",
        description = {
            "Bring back files and directories of a volume through its mount.",
            "Bytes, holes, hard links among them, owners, modes, times, ACLs and attributes. Each dump goes by way of",
            "a scratch XFS in the spool, which takes what is restored. Nothing is at its place before all is there;",
            "what is at its place already is not touched unless told. After a restore that was killed the same",
            "command goes on."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  clusterbackup files restore global projects/plan.odt photos/2026 --to /mnt/global",
            "  clusterbackup files restore global@nightly-20260101T020000Z photos --to /mnt/global --keep",
            "",
            "ACLs come back only through a mount with the option acl."
        })
final class FilesRestoreCommand extends VolumeCommand {
    /** Names that a message lists. */
    private static final int NAMED = 10;

    private static final String GLUSTER = "fuse.glusterfs";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "PATH",
            description =
                    "Files, or directories with all that is below them, relative to the mount, as 'files list' writes"
                            + " them.")
    private List<String> paths = List.of();

    @Option(names = "--to", required = true, paramLabel = "MOUNT", description = "Where the volume is mounted.")
    private Path to = Path.of(".");

    @Option(names = "--overwrite", description = "Replace files that are there.")
    private boolean overwrite;

    @Option(names = "--keep", description = "Leave files that are there, and bring back the others.")
    private boolean keep;

    @Option(names = "--dry-run", description = "List what would be restored; write nothing.")
    private boolean dryRun;

    private Path destination = Path.of(".");
    private List<VolumePath> wanted = List.of();

    @Override
    void check() throws BackupException, IOException {
        if (overwrite && keep) {
            throw usage("--overwrite and --keep exclude each other");
        }
        var parsed = new ArrayList<VolumePath>();
        for (var path : paths) {
            parsed.add(VolumePath.parse(path));
        }
        wanted = List.copyOf(parsed);
        if (!Files.isDirectory(to)) {
            throw new BackupException(Kind.TARGET_UNFIT, to + " is no directory").withHint("mount the volume first");
        }
        destination = to.toRealPath();
        if (!Mount.of(destination).map(Mount::type).filter(GLUSTER::equals).isPresent()) {
            LiveBricks.ofThisMachine().requireUnserved(destination);
            console().remark(destination + " is not in the mount of a Gluster volume: the files go there all the same");
        }
    }

    @Override
    void run(Repository repository, ReplicaSets sets) throws BackupException, IOException, InterruptedException {
        var started = System.nanoTime();
        var names = names(repository, sets, path -> wanted.stream().anyMatch(one -> one.holds(path)));
        requireFound(sets, names);
        var trace = trace(sets);
        if (Files.exists(trace)) {
            console().remark("the same restore did not end before: what it brought already is compared and left");
        } else {
            requireFree(names.all().entrySet().stream()
                    .filter(name -> !name.getValue().folder())
                    .map(name -> ByteText.ofRaw(name.getKey()))
                    .filter(this::isThere));
        }
        if (dryRun) {
            print(sets, names);
            return;
        }
        try (var staged = StagedFiles.in(destination)) {
            staged.removeDeserted()
                    .forEach(left -> console().remark("removed " + left + ", which a killed restore had left"));
            for (var chosen : sets.chosen().entrySet()) {
                stage(repository, chosen.getKey(), chosen.getValue(), names, staged);
            }
            requireFree(staged.taken(NAMED).stream().map(ByteText::of));
            Files.writeString(trace, "files are being moved to " + destination + "\n");
            var settled = staged.settle(existing());
            staged.sync();
            Files.delete(trace);
            say(sets, settled, (System.nanoTime() - started) / 1e9);
        }
    }

    /** There while files go to their places, and after a restore that was killed meanwhile: it may have brought some of them. */
    private Path trace(ReplicaSets sets) {
        var digest = Sha256.newDigest();
        var words = new ArrayList<>(List.of(sets.volume(), destination.toString()));
        sets.chosen().values().forEach(manifest -> words.add(manifest.ref().toString()));
        wanted.forEach(path -> words.add(path.toString()));
        words.forEach(word -> digest.update((word + "\0").getBytes(StandardCharsets.UTF_8)));
        return spool().resolve("restoring-" + Sha256.of(digest).hex());
    }

    private void requireFound(ReplicaSets sets, VolumeNames names) throws BackupException {
        var absent = wanted.stream()
                .filter(path -> names.all().keySet().stream().noneMatch(path::holds))
                .map(VolumePath::toString)
                .toList();
        if (!absent.isEmpty()) {
            throw new BackupException(
                            Kind.NOT_FOUND,
                            "not in volume " + sets.volume() + ": " + list(absent) + "; nothing was restored")
                    .withHint("'clusterbackup files find' looks for names");
        }
    }

    /** Only names that Java can say; the others show when they are there to be moved. */
    private boolean isThere(String path) {
        try {
            return !path.contains("\\") && Files.exists(destination.resolve(path), LinkOption.NOFOLLOW_LINKS);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private void requireFree(Stream<String> taken) throws BackupException {
        if (existing() != StagedFiles.Existing.REFUSE) {
            return;
        }
        var there = taken.toList();
        if (!there.isEmpty()) {
            throw new BackupException(
                            Kind.TARGET_UNFIT,
                            "already in " + destination + ": " + list(there) + "; nothing was restored")
                    .withHint("--keep leaves them and restores the others, --overwrite replaces them");
        }
    }

    private static String list(List<String> texts) {
        var more = texts.size() > NAMED ? " and " + (texts.size() - NAMED) + " more" : "";
        return texts.stream().limit(NAMED).collect(Collectors.joining(", ")) + more;
    }

    private StagedFiles.Existing existing() {
        return overwrite
                ? StagedFiles.Existing.OVERWRITE
                : keep ? StagedFiles.Existing.KEEP : StagedFiles.Existing.REFUSE;
    }

    /** Of one set: its part of what is wanted, to the scratch file system and from there to where it is moved from. */
    private void stage(Repository repository, int set, Manifest manifest, VolumeNames names, StagedFiles staged)
            throws BackupException, IOException, InterruptedException {
        var here = VolumeNames.inDump(manifest.details(), names.topsOf(set, wanted));
        if (here.isEmpty()) {
            return;
        }
        try (var reader = readerForRestore(repository, manifest.ref());
                var scratch = ScratchXfs.of(manifest, spool(), 0)) {
            var dumped = new BrickRestore(manifest, scratch.place())
                    .some(here, out -> copy(reader, out, "restoring from " + manifest.ref()));
            var brick = BrickRoot.place(manifest.details(), scratch.place().mountPoint());
            requireAll(manifest, names.absent(set, brick), dumped);
            staged.add(brick, spool(), line -> console().warn(Kind.WARNINGS, line));
        }
    }

    /** A name in the dump whose inode is not there is of a file that was deleted before its turn. */
    private void requireAll(Manifest manifest, SortedMap<String, Long> absent, Optional<Inodes> dumped)
            throws BackupException {
        if (absent.isEmpty()) {
            return;
        }
        var named = list(absent.keySet().stream().map(ByteText::ofRaw).toList());
        if (dumped.isEmpty() || absent.values().stream().anyMatch(dumped.get()::contains)) {
            throw new BackupException(Kind.TARGET_UNFIT, "xfsrestore left out of " + manifest.ref() + ": " + named)
                    .withHint("is there space in " + spool() + "?");
        }
        console().warn(Kind.WARNINGS, "deleted while " + manifest.ref() + " was made: " + named);
    }

    private void say(ReplicaSets sets, StagedFiles.Settled settled, double seconds) throws BackupException {
        if (console().json()) {
            var document = JsonNodeFactory.instance
                    .objectNode()
                    .put("volume", sets.volume())
                    .put("to", destination.toString())
                    .put("files", settled.moved())
                    .put("kept", settled.kept())
                    .put("same", settled.same())
                    .put("seconds", seconds);
            describe(sets, document.putArray("bricks"));
            console().json(document);
            return;
        }
        console()
                .line(String.format(
                        Locale.ROOT,
                        "restored %d files of volume %s to %s%s%s, %.1f s",
                        settled.moved(),
                        sets.volume(),
                        destination,
                        settled.kept() > 0 ? ", left " + settled.kept() + " that are there" : "",
                        settled.same() > 0 ? ", found " + settled.same() + " there already" : "",
                        seconds));
    }
}
