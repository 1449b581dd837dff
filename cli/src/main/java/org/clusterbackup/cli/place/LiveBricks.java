package org.clusterbackup.cli.place;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.gluster.GlusterState;
import org.clusterbackup.gluster.GlusterStateReader;
import org.clusterbackup.gluster.Volume;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * Whether Gluster uses a place, or would take what is restored there for a live replica: an old dump beside a live
 * partner spreads what is old over what is good, and heal info says 0.
 */
public record LiveBricks(Path proc, Path glusterd) {
    private static final String BRICK_NAME = "--brick-name";

    public static LiveBricks ofThisMachine() {
        return new LiveBricks(Path.of("/proc"), Path.of("/var/lib/glusterd"));
    }

    /** @throws BackupException {@code TARGET_UNFIT} if a glusterfsd serves a brick of the file system at {@code place} */
    public void requireUnserved(Path place) throws BackupException {
        try (var processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (var process : processes) {
                var brick = servedBy(process);
                if (brick.isPresent() && sameFileSystem(process, brick.get(), place)) {
                    throw new BackupException(
                                    Kind.TARGET_UNFIT,
                                    "a glusterfsd (process " + process.getFileName() + ") serves " + brick.get()
                                            + " in " + place)
                            .withHint("stop the brick first: gluster volume reset-brick VOLUME HOST:BRICK start");
                }
            }
        } catch (IOException e) {
            throw new BackupException(Kind.TARGET_UNFIT, "cannot see which bricks are served: " + e, e);
        }
    }

    private static Optional<Path> servedBy(Path process) {
        try {
            var words = List.of(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                    .split("\0"));
            var at = words.indexOf(BRICK_NAME);
            return words.getFirst().endsWith("glusterfsd") && at >= 0 && at + 1 < words.size()
                    ? Optional.of(Path.of(words.get(at + 1)))
                    : Optional.empty();
        } catch (IOException | InvalidPathException e) {
            return Optional.empty(); // ended meanwhile
        }
    }

    /** By device, as that process sees the path: it may live in a mount namespace of its own. */
    private static boolean sameFileSystem(Path process, Path brick, Path place) {
        var seen = process.resolve("root").resolve(Path.of("/").relativize(brick));
        try {
            return Files.getAttribute(seen, "unix:dev").equals(Files.getAttribute(place, "unix:dev"));
        } catch (IOException e) {
            return brick.startsWith(place) || sameMount(process, brick, place);
        }
    }

    /** Into the folders of a process with more capabilities only one with SYS_PTRACE may look; its mounts all may see. */
    private static boolean sameMount(Path process, Path brick, Path place) {
        try {
            var theirs = Mount.of(brick, process.resolve("mountinfo")).map(Mount::device);
            return theirs.isPresent() && theirs.equals(Mount.of(place).map(Mount::device));
        } catch (IOException e) {
            return false; // ended meanwhile
        }
    }

    /**
     * @throws BackupException {@code TARGET_UNFIT} if this server has a brick below {@code place} that belongs to a started
     *     volume with replicas, or if glusterd's state does not tell
     */
    public void requireNoStartedReplica(Path place) throws BackupException {
        var state = readable();
        for (var volume : state.volumes()) {
            if (volume.started() && volume.setSize() > 1 && hasOwnBrickBelow(place, state, volume)) {
                throw new BackupException(
                                Kind.TARGET_UNFIT,
                                "volume " + volume.name() + " is started and has a replicated brick below " + place)
                        .withHint("with a live partner use reset-brick and let it heal from there; to restore one"
                                + " dump to every brick of the set, stop the volume; see --no-live-partner");
            }
        }
    }

    /** @throws BackupException {@code TARGET_UNFIT} if a glusterd of this machine, in whatever namespace, works in
     *     {@code state} */
    public void requireUnused(Path state) throws BackupException {
        try (var processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (var process : processes) {
                if (isGlusterdOf(process, state)) {
                    throw new BackupException(
                                    Kind.TARGET_UNFIT,
                                    "a glusterd (process " + process.getFileName() + ") uses " + state)
                            .withHint("stop it first");
                }
            }
        } catch (IOException e) {
            throw new BackupException(Kind.TARGET_UNFIT, "cannot see whether glusterd runs: " + e, e);
        }
    }

    /** As that process sees its folder: it may be a mount of {@code state}. */
    private static boolean isGlusterdOf(Path process, Path state) {
        try {
            return Files.readString(process.resolve("comm")).strip().equals("glusterd")
                    && Files.isSameFile(process.resolve("root/var/lib/glusterd"), state);
        } catch (IOException e) {
            return false; // ended meanwhile, or it has no such folder
        }
    }

    private GlusterState readable() throws BackupException {
        try {
            var state = new GlusterStateReader(glusterd).read();
            var broken = state.broken().values().stream().findFirst();
            if (broken.isPresent()) {
                throw broken.get();
            }
            return state;
        } catch (BackupException e) {
            throw new BackupException(Kind.TARGET_UNFIT, "cannot tell whether a replica is live: " + e.getMessage(), e)
                    .withHint("see --no-live-partner");
        }
    }

    private static boolean hasOwnBrickBelow(Path place, GlusterState state, Volume volume) {
        return volume.bricks().stream()
                .anyMatch(brick -> state.isOwn(brick) && brick.realPath().startsWith(place));
    }
}
