package org.clusterbackup.brickagent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** glusterd's state files of one server below a host's root, as glusterd writes them. */
final class GlusterNode {
    private static final UUID SERVER = UUID.fromString("aff7a378-0a1d-45ca-96fb-397b42eac69b");

    private final Path state;

    GlusterNode(Path hostRoot) throws IOException {
        state = Files.createDirectories(hostRoot.resolve("var/lib/glusterd"));
        Files.writeString(state.resolve("glusterd.info"), "UUID=" + SERVER + "\noperating-version=100000\n");
    }

    /** A volume of single bricks of this server at {@code paths} on the host. */
    UUID volume(String name, String... paths) throws IOException {
        var id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        var bricks = Files.createDirectories(state.resolve("vols").resolve(name).resolve("bricks"));
        var info = new ArrayList<String>(List.of(
                "type=0",
                "count=" + paths.length,
                "status=1",
                "sub_count=0",
                "replica_count=1",
                "disperse_count=0",
                "volume-id=" + id));
        for (var i = 0; i < paths.length; i++) {
            var file = "node-a:" + paths[i].replace('/', '-');
            info.add("brick-" + i + "=" + file);
            Files.writeString(
                    bricks.resolve(file),
                    "uuid=" + SERVER + "\nhostname=node-a\npath=" + paths[i] + "\nlisten-port=0\ndecommissioned=0\n");
        }
        Files.writeString(state.resolve("vols").resolve(name).resolve("info"), String.join("\n", info) + "\n");
        return id;
    }
}
