package org.clusterbackup.cli.place;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.Manifest;

/** The root folder of a brick: xfsdump does not keep mode, owner and attributes of a file system's own root. */
public final class BrickRoot {
    private BrickRoot() {}

    /** Gives the brick's root what the manifest says it had; a manifest that does not say changes nothing. */
    public static void restore(Manifest manifest, Path mountPoint)
            throws BackupException, IOException, InterruptedException {
        var details = manifest.details();
        var root = details.path("brickRoot");
        if (!root.isObject()) {
            return;
        }
        var brick = place(details, mountPoint);
        if (!Files.isDirectory(brick)) {
            throw new BackupException(Kind.TARGET_UNFIT, "the brick's folder is not in the dump: " + brick);
        }
        apply(root, brick);
        var set = root.path("xattrs").properties();
        for (var attribute : set) {
            run(List.of(
                    "setfattr",
                    "-h",
                    "-n",
                    attribute.getKey(),
                    "-v",
                    attribute.getValue().asText(),
                    brick.toString()));
        }
    }

    /** The brick's folder, where the dumped file system is at {@code mountPoint}. */
    public static Path place(JsonNode details, Path mountPoint) throws BackupException {
        try {
            var brick = Path.of(details.path("brickPath").asText("/")).normalize();
            var mounted = Path.of(details.path("mountPoint").asText("/")).normalize();
            return brick.startsWith(mounted) ? within(mountPoint, mounted.relativize(brick)) : mountPoint;
        } catch (InvalidPathException e) {
            throw new BackupException(Kind.DAMAGED, "the manifest names no path of a brick: " + e.getMessage(), e);
        }
    }

    /** Each folder on the way is a real one: a link in a dump could lead out of the file system. */
    private static Path within(Path mountPoint, Path folder) throws BackupException {
        var place = mountPoint;
        for (var name : folder) {
            place = place.resolve(name);
            if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)
                    && !Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                throw new BackupException(Kind.DAMAGED, "the brick's folder is none in the dump: " + place);
            }
        }
        return place.normalize();
    }

    private static void apply(JsonNode root, Path brick) throws BackupException, IOException {
        try {
            if (root.path("owner").isNumber() && root.path("group").isNumber()) {
                Files.setAttribute(brick, "unix:uid", root.path("owner").intValue());
                Files.setAttribute(brick, "unix:gid", root.path("group").intValue());
            }
            if (root.path("mode").isTextual()) {
                Files.setAttribute(
                        brick, "unix:mode", Integer.parseInt(root.path("mode").asText(), 8));
            }
        } catch (IllegalArgumentException e) {
            throw new BackupException(Kind.DAMAGED, "the manifest has a bad mode or owner of the brick's root", e);
        }
    }

    private static void run(List<String> command) throws BackupException, IOException, InterruptedException {
        var process = new ProcessBuilder(new ArrayList<>(command))
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new BackupException(
                    Kind.TARGET_UNFIT, "cannot restore an attribute of the brick's root: " + said.strip());
        }
    }
}
