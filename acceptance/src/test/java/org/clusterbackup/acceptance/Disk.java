package org.clusterbackup.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of a size of its own, on a loop device, that can be filled and emptied again. */
final class Disk implements AutoCloseable {
    private final Path place;
    private final Path image;

    /** Makes {@code place} the mount point of a new file system. */
    private Disk(Path place) {
        this.place = place;
        this.image = place.resolveSibling(place.getFileName() + ".img");
    }

    static Disk ext4(Path place, int megabytes) {
        var disk = new Disk(place);
        Command.shell(
                        "mkdir -p \"$2\"; truncate -s \"$3\"M \"$1\"; mkfs.ext4 -q -m 0 -E lazy_itable_init=0 \"$1\"; mount -o loop \"$1\" \"$2\"; rmdir \"$2/lost+found\"",
                        disk.image,
                        place,
                        megabytes)
                .run()
                .good();
        return disk;
    }

    static Disk xfs(Path place, int megabytes) {
        var disk = new Disk(place);
        Command.shell(
                        "mkdir -p \"$2\"; truncate -s \"$3\"M \"$1\"; mkfs.xfs -q \"$1\"; mount -o loop \"$1\" \"$2\"",
                        disk.image,
                        place,
                        megabytes)
                .run()
                .good();
        return disk;
    }

    Path image() {
        return image;
    }

    /** An empty disk that is not mounted: for somebody else to make a file system on it. */
    void wipe() {
        Command.shell(
                        "umount \"$1\"; size=$(stat -c %s \"$2\"); truncate -s 0 \"$2\"; truncate -s \"$size\" \"$2\"",
                        place, image)
                .run()
                .good();
    }

    Path place() {
        return place;
    }

    /** Leaves that many bytes free. */
    void fill(long bytesLeft) {
        try {
            var free = Files.getFileStore(place).getUsableSpace();
            Command.of(
                            "fallocate",
                            "-l",
                            Long.toString(Math.max(1, free - bytesLeft)),
                            ballast().toString())
                    .run()
                    .good();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void empty() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Beside the repository, which a subfolder holds. */
    private Path ballast() {
        return place.resolve("ballast");
    }

    @Override
    public void close() {
        // Whoever still looks at it keeps it until it ends; its name goes at once.
        Command.of("umount", "--lazy", place.toString()).run();
        try {
            Files.deleteIfExists(image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
