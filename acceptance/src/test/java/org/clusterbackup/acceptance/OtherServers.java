package org.clusterbackup.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** Servers with other names, addresses and brick paths, to which {@code docs/operations/migrate.md} brings the lab's volume. */
record OtherServers(Lab lab, Disaster disaster) {
    void takeOver() throws IOException {
        // Given other machines with other names, Gluster installed and not started, and empty disks
        lab.servers().forEach(lab.gluster()::stop);
        var servers = List.of("gluster-a", "gluster-b", "gluster-c");
        var folder = Files.createDirectory(lab.folder().resolve("elsewhere"));
        Files.writeString(
                folder.resolve("hosts"),
                "127.0.0.1 localhost\n10.99.0.41 gluster-a\n10.99.0.42 gluster-b\n10.99.0.43 gluster-c\n");
        try (var gluster = Gluster.in(folder)) {
            for (var server : servers) {
                gluster.start(server);
                gluster.inside(server, "pkill", "-x", "glusterd").run().good();
                Command.shell("truncate -s 1G \"$1/0.img\" \"$1/1.img\"", gluster.behind(server, "bricks"))
                        .run()
                        .good();
            }

            // When
            disaster.elsewhere(
                            gluster,
                            server -> Map.of(
                                    device(server, 0),
                                    gluster.behind(server, "bricks/0.img").toString(),
                                    device(server, 1),
                                    gluster.behind(server, "bricks/1.img").toString()))
                    .follow("other names", Runbook.of("migrate.md"), lab.copy(Lab.FAR));

            // Then every name, byte, mode, owner, time, xattr and ACL is as it was, and files can be written
            gluster.mount("gluster-a");
            ClusterState.assertSame(
                    lab.folder().resolve("volume-before"),
                    VolumeState.fingerprint(gluster, "gluster-a", lab.folder().resolve("volume-elsewhere")));
            ClusterState.assertSame(
                    lab.folder().resolve("settings-before"),
                    VolumeState.settings(gluster, "gluster-a", lab.folder().resolve("settings-elsewhere")));
            gluster.inside("gluster-a", "sh", "-euc", "echo new >/mnt/global/new; cat /mnt/global/new")
                    .run()
                    .good();
        }
    }

    /** The variable by which a plan asks for a brick's device. */
    private static String device(String server, int brick) {
        return "DEVICE_" + server.replace('-', '_') + "_media_data" + brick;
    }
}
