package org.clusterbackup.repository.store.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real file system of a few MiB on a loop device, to be filled or made read-only; needs root and loop devices. */
public final class SmallDisk implements AutoCloseable {
    private static final int BYTES = 24 << 20;

    private final Path mountPoint;

    private SmallDisk(Path mountPoint) {
        this.mountPoint = mountPoint;
    }

    /** Makes and mounts one; where the machine cannot, the test is skipped, or fails if {@code CI=true}. */
    public static SmallDisk mount(Path folder) throws IOException {
        var image = Files.createTempFile(folder, "disk", ".img");
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(BYTES);
        }
        var mountPoint = Files.createTempDirectory(folder, "mount");
        if (run("mkfs.ext4", "-q", "-m", "0", image.toString()) != 0
                || run("mount", "-o", "loop", image.toString(), mountPoint.toString()) != 0) {
            Programs.missing("this machine or account cannot mount a file system on a loop device");
        }
        return new SmallDisk(mountPoint);
    }

    /** An empty folder of it. */
    public Path folder() throws IOException {
        return Files.createDirectories(mountPoint.resolve("data"));
    }

    public void makeReadOnly() throws IOException {
        if (run("mount", "-o", "remount,ro", mountPoint.toString()) != 0) {
            throw new IOException("cannot remount " + mountPoint);
        }
    }

    @Override
    public void close() {
        if (run("umount", mountPoint.toString()) != 0) {
            run("umount", "-l", mountPoint.toString());
        }
    }

    private static int run(String... command) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
