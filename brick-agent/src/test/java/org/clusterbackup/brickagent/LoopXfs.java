package org.clusterbackup.brickagent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.clusterbackup.repository.store.testing.Programs;

/** A real XFS in a file, mounted; unmounted on close. */
public final class LoopXfs implements AutoCloseable {
    private final Path folder;
    private final Path point;

    private LoopXfs(Path folder, Path point) {
        this.folder = folder;
        this.point = point;
    }

    public static LoopXfs create(Path folder, String name) throws IOException {
        if (ProcessHandle.current().info().user().filter("root"::equals).isEmpty()
                || !Files.exists(Path.of("/dev/loop-control"))) {
            Programs.missing("mounting XFS needs root and loop devices");
        }
        var point = Files.createDirectories(folder.resolve(name));
        Shell.run(
                folder,
                "truncate -s 600M " + name + ".img && mkfs.xfs -q " + name + ".img && mount -o loop " + name + ".img "
                        + name);
        return new LoopXfs(folder, point);
    }

    public Path point() {
        return point;
    }

    /** A brick's folder with the mark that glusterd leaves on it. */
    public Path brick(UUID volume) {
        Shell.run(
                point,
                "mkdir -p brick && setfattr -n trusted.glusterfs.volume-id -v 0x"
                        + volume.toString().replace("-", "") + " brick");
        return point.resolve("brick");
    }

    public String run(String script) {
        return Shell.run(point, script);
    }

    @Override
    public void close() {
        // Not mountpoint(1), which a file system that shut down does not answer.
        Shell.run(
                folder,
                "while grep -q ' " + point + " ' /proc/mounts; do umount " + point + " || umount -l " + point
                        + "; done");
    }
}
