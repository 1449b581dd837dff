package org.clusterbackup.cli.place;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Whether Gluster uses a place, or would take what is restored there for a live replica: an old dump beside a live
 * partner spreads what is old over what is good, and heal info says 0.
 */
public record LiveBricks(Path proc, Path glusterd) {
    private static final String BRICK_NAME = "--brick-name";
    private static final String STARTED = "1";

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
            return brick.startsWith(place);
        }
    }

    /**
     * @throws BackupException {@code TARGET_UNFIT} if glusterd knows a brick below {@code place} that belongs to a started
     *     volume with replicas
     */
    public void requireNoStartedReplica(Path place) throws BackupException {
        var volumes = glusterd.resolve("vols");
        if (!Files.isDirectory(volumes)) {
            return;
        }
        try (DirectoryStream<Path> each = Files.newDirectoryStream(volumes)) {
            for (var volume : each) {
                var info = pairs(volume.resolve("info"));
                if (STARTED.equals(info.get("status")) && replicated(info) && hasBrickBelow(volume, place)) {
                    throw new BackupException(
                                    Kind.TARGET_UNFIT,
                                    "volume " + volume.getFileName() + " is started and has a replicated brick below "
                                            + place)
                            .withHint("with a live partner use reset-brick and let it heal from there; to restore one"
                                    + " dump to every brick of the set, stop the volume; see --no-live-partner");
                }
            }
        } catch (IOException e) {
            throw new BackupException(Kind.TARGET_UNFIT, "cannot read glusterd's volumes: " + e, e);
        }
    }

    private static boolean replicated(Map<String, String> info) {
        return number(info.get("replica_count")) > 1 || number(info.get("disperse_count")) > 1;
    }

    private static int number(@Nullable String text) {
        try {
            return text == null ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Each brick's own file names its path; {@code real_path} is this machine's view of it. */
    private static boolean hasBrickBelow(Path volume, Path place) throws IOException {
        try (var bricks = Files.newDirectoryStream(volume.resolve("bricks"))) {
            for (var brick : bricks) {
                var info = pairs(brick);
                var path = info.getOrDefault("real_path", info.getOrDefault("path", ""));
                if (!path.isEmpty() && Path.of(path).startsWith(place)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static Map<String, String> pairs(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.split("=", 2))
                .filter(pair -> pair.length == 2)
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (first, second) -> second));
    }
}
