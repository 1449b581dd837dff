package org.clusterbackup.cli.place;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.Manifest;

/**
 * A new and empty XFS in a file, mounted in a folder that only this user can enter: a place to look at a dump. Unmounted and
 * gone after {@link #close}, and when the program is ended by a signal that can be caught; after one that cannot, the next one
 * in the same spool unmounts it, and its space is free again.
 */
public final class ScratchXfs implements AutoCloseable {
    /** Below some 300 MB there is no XFS; beyond the files it needs inodes, a log, and xfsrestore's own notes. */
    private static final long LEAST_ROOM = 512L << 20;

    private static final long BLOCK = 4096;
    private static final String IMAGE = "image";

    private static final String PREFIX = "xfs-";

    private final OwnedFolder owned;
    private final Path folder;
    private final AtExit atExit;

    private ScratchXfs(OwnedFolder owned) {
        this.owned = owned;
        this.folder = owned.path();
        this.atExit = AtExit.remove(folder, () -> remove(folder));
    }

    /**
     * Large enough for the whole of a brick's dump. The image is sparse: it takes what is put into it.
     *
     * @param neededBytes what will be put into it: so much must be free in {@code spool}
     * @throws BackupException {@code NO_SPACE} if the spool has less; {@code TARGET_UNFIT} if this process may not mount, has
     *     no loop device or no mkfs.xfs
     */
    public static ScratchXfs of(Manifest manifest, Path spool, long neededBytes)
            throws BackupException, IOException, InterruptedException {
        BrickPlace.requireCapabilities();
        var made = new ScratchXfs(OwnedFolder.make(spool, PREFIX));
        try {
            made.removeDeserted();
            requireFree(spool, neededBytes);
            made.mount(size(manifest));
            return made;
        } catch (BackupException | IOException | InterruptedException | RuntimeException e) {
            made.close();
            throw e;
        }
    }

    private void removeDeserted() throws IOException, InterruptedException {
        for (var deserted : owned.deserted(PREFIX)) {
            try {
                remove(deserted);
            } catch (BackupException | IOException e) {
                // Somebody else removes it, or still looks into it: the next one tries again.
            }
        }
    }

    private static void requireFree(Path spool, long neededBytes) throws BackupException, IOException {
        var free = Files.getFileStore(spool).getUsableSpace();
        if (free < neededBytes) {
            throw new BackupException(
                            Kind.NO_SPACE, spool + " has " + free + " bytes free, and " + neededBytes + " are needed")
                    .withHint("choose another place with --spool");
        }
    }

    /** What the whole dump takes. */
    public static long wholeBytes(Manifest manifest) {
        return Math.max(manifest.details().path("filesystem").path("usedBytes").asLong(0), manifest.streamBytes());
    }

    private static long size(Manifest manifest) {
        var whole = wholeBytes(manifest);
        return (whole + whole / 4 + LEAST_ROOM + BLOCK) / BLOCK * BLOCK;
    }

    private void mount(long bytes) throws BackupException, IOException, InterruptedException {
        var image = folder.resolve(IMAGE);
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        } catch (IOException e) {
            throw new BackupException(
                            Kind.NO_SPACE, "cannot make a file of " + bytes + " bytes in " + folder.getParent(), e)
                    .withHint("choose another place with --spool");
        }
        Files.createDirectory(point(folder));
        run("mkfs.xfs", "-q", "-K", image.toString());
        run(
                "mount",
                "-t",
                "xfs",
                "-o",
                "loop,nosuid,nodev,noexec",
                image.toString(),
                point(folder).toString());
        // The loop device holds it.
        Files.delete(image);
    }

    private static Path point(Path folder) {
        return folder.resolve("mount");
    }

    /** The file system, empty at first. */
    public BrickPlace place() {
        return new BrickPlace(point(folder));
    }

    private static void run(String... command) throws BackupException, InterruptedException {
        try {
            var process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new BackupException(
                                Kind.TARGET_UNFIT,
                                "no scratch file system: " + command[0] + " failed: "
                                        + said.strip().replace('\n', ' '))
                        .withHint("it takes a loop device and the right to mount: run it as root on a machine, or in a"
                                + " privileged container");
            }
        } catch (IOException e) {
            throw new BackupException(
                            Kind.TARGET_UNFIT,
                            "no scratch file system: cannot run " + command[0] + ": " + FileReason.of(e),
                            e)
                    .withHint("install xfsprogs");
        }
    }

    /** After this nothing of it is left. */
    @Override
    public void close() throws BackupException, IOException {
        try {
            remove(folder);
            owned.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted while " + folder + " was unmounted", e);
        }
        atExit.done();
    }

    private static void remove(Path folder) throws BackupException, IOException, InterruptedException {
        var point = point(folder);
        if (Files.exists(point)) {
            if (Mount.at(point.toRealPath()).isPresent()) {
                // Who is still in it, at a signal, holds it no longer than he lives.
                run("umount", "--lazy", point.toString());
            }
            Files.delete(point);
        }
        Files.deleteIfExists(folder.resolve(IMAGE));
        OwnedFolder.remove(folder);
    }
}
