package org.clusterbackup.cli.place;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;

/** A mounted file system that a dump is to be restored into. */
public record BrickPlace(Path mountPoint) {

    /**
     * @param neededBytes what the dumped file system used
     * @throws BackupException {@code TARGET_UNFIT} with the reason, unless it is the whole of a writable, empty XFS with
     *     enough space, and this process has what it takes to restore owners, devices and attributes
     */
    public static BrickPlace check(Path directory, long neededBytes) throws BackupException {
        try {
            requireCapabilities();
            if (!Files.isDirectory(directory)) {
                throw unfit(directory, "is no directory");
            }
            var place = directory.toRealPath();
            var mount = Mount.at(place).orElseThrow(() -> unfit(directory, "is not a mount point")
                    .withHint("make a file system and mount it: mkfs.xfs DEVICE; mount DEVICE " + directory));
            requireWholeXfs(mount, directory);
            if (!Files.isWritable(place)) {
                throw unfit(directory, "cannot be written to")
                        .withHint(
                                "is the file system read-only, though this mount of it is not, or the folder immutable?");
            }
            requireEmpty(place);
            var free = Files.getFileStore(place).getUsableSpace();
            if (free < neededBytes) {
                throw unfit(directory, "has " + free + " bytes free, and " + neededBytes + " are needed");
            }
            return new BrickPlace(place);
        } catch (IOException e) {
            throw new BackupException(Kind.TARGET_UNFIT, "cannot look at " + directory + ": " + FileReason.named(e), e);
        }
    }

    /** @throws BackupException {@code TARGET_UNFIT} unless this process can restore owners, devices and attributes */
    static void requireCapabilities() throws IOException, BackupException {
        if (Capability.inUserNamespace()) {
            throw new BackupException(
                            Kind.TARGET_UNFIT,
                            "this process lives in a user namespace, where its capabilities count for no file system")
                    .withHint("run it outside; a pod must not have hostUsers: false");
        }
        var missing = Capability.missing();
        if (!missing.isEmpty()) {
            var names = missing.stream().map(Capability::toString).collect(Collectors.joining(", "));
            throw new BackupException(Kind.TARGET_UNFIT, "this process lacks " + names)
                    .withHint(
                            "run it as root, or in the pod of deploy/components/restore-pod, which grants just what it"
                                    + " takes: otherwise owners, modes, devices, attributes and flags are silently"
                                    + " dropped");
        }
    }

    private static void requireWholeXfs(Mount mount, Path directory) throws BackupException {
        if (!mount.type().equals("xfs")) {
            throw unfit(directory, "is a mount of type " + mount.type() + ", not xfs");
        }
        if (!mount.root().equals("/")) {
            throw unfit(directory, "is a bind mount of the folder " + mount.root() + ", not a whole file system");
        }
        if (!mount.writable()) {
            throw unfit(directory, "is mounted read-only");
        }
    }

    private static void requireEmpty(Path place) throws IOException, BackupException {
        try (var entries = Files.list(place)) {
            var first = entries.findFirst();
            if (first.isPresent()) {
                var marked = Files.exists(place.resolve(UnusableMarker.NAME));
                throw unfit(place, "is not empty: it holds " + first.get().getFileName())
                        .withHint(
                                marked
                                        ? "an earlier restore into it did not end well: make a new file system"
                                        : "a restore needs a newly made file system");
            }
        }
    }

    private static BackupException unfit(Path directory, String reason) {
        return new BackupException(Kind.TARGET_UNFIT, directory + " " + reason);
    }
}
