package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.store.testing.Programs;

/** A dump of a brick that a script filled, on a real XFS that is gone afterwards. */
record BrickDump(Path file) {
    /** @param fill runs in the brick's folder */
    static BrickDump make(Path folder, String name, String fill) throws IOException {
        requireLoopDevices();
        shell(folder, """
                truncate -s 400M NAME.img && mkfs.xfs -q NAME.img && mkdir NAME && mount -o loop NAME.img NAME
                trap 'cd /; umount "$home/NAME"; rm "$home/NAME.img"; rmdir "$home/NAME"' EXIT
                home=$PWD
                mkdir -p NAME/brick/.glusterfs/aa/bb && cd NAME/brick
                FILL
                xfsdump -F -J -p 10 -l 0 -L l -M m - "$home/NAME" 2>"$home/NAME.log" >"$home/NAME.dump" </dev/null
                """.replace("NAME", name).replace("FILL", fill));
        return new BrickDump(folder.resolve(name + ".dump"));
    }

    /** Skips the test that asks where none can be had. */
    static void requireLoopDevices() {
        if (ProcessHandle.current().info().user().filter("root"::equals).isEmpty()
                || !Files.exists(Path.of("/dev/loop-control"))) {
            Programs.missing("mounting XFS needs root and loop devices");
        }
    }

    /** What an agent says of a brick of a distributed-replicated volume of two sets of two. */
    static ObjectNode details(String volume, int index) {
        return details(volume, index, 4);
    }

    /** @param bricks of the volume */
    static ObjectNode details(String volume, int index, int bricks) {
        var details = JsonLayout.object()
                .put("volume", volume)
                .put("volumeId", "6e6f7468-696e-6720-6865-726520746f20")
                .put("brickIndex", index)
                .put("replicaCount", 2)
                .put("volumeType", "Distributed-Replicate")
                .put("mountPoint", "/media/b")
                .put("brickPath", "/media/b/brick")
                .put("pendingHeals", 0);
        var all = details.putArray("bricks");
        for (var each = 0; each < bricks; each++) {
            all.addObject();
        }
        return details;
    }

    /** @throws AssertionError with everything it printed, unless it ends with 0 */
    static String shell(Path folder, String script) throws IOException {
        var process = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (process.onExit().join().exitValue() != 0) {
            throw new AssertionError(script + "\n" + output);
        }
        return output;
    }
}
