package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two real Gluster servers get other names, addresses and brick paths, and serve what they served before. */
class MigrateIT {
    private static final String BRICK = "data0";

    @Test
    void volumeComesUpUnderOtherNames(@TempDir Path folder) throws IOException {
        // Given a volume with files and options, whose servers are gone
        try (var old = Gluster.replicated(folder.resolve("old"), "400M", List.of("node1", "node2"), 1)) {
            old.inside(
                            "node1",
                            "gluster",
                            "--mode=script",
                            "volume",
                            "set",
                            "global",
                            "auth.allow",
                            "node1,node2,10.99.0.*")
                    .run()
                    .good();
            old.inside(
                            "node1",
                            "sh",
                            "-euc",
                            "cd /mnt/global; mkdir d; echo kept >d/f; ln d/f d/g; setfattr -n user.a -v b d/f")
                    .run()
                    .good();
        }

        // When their states and disks are brought to other machines, and the names are changed
        Files.createDirectory(folder.resolve("new"));
        Files.writeString(
                folder.resolve("new/hosts"), "127.0.0.1 localhost\n10.99.0.31 alpha\n10.99.0.32 beta.example\n");
        var mapping = Files.writeString(
                folder.resolve("new-names.yaml"),
                "hosts: {node1: alpha, node2: beta.example}\nbrickPaths: {/media/brick0: /media/" + BRICK + "}\n");
        move(folder, "node1", "alpha");
        move(folder, "node2", "beta.example");
        for (var server : new String[] {"alpha", "beta.example"}) {
            var run = migrate(folder, mapping, server).good();
            assertThat(run.out()).contains("glusterd made its volume files anew", "no old name is left");
        }

        // Then the volume is online, and a client sees what was there, and writes
        try (var servers = Gluster.in(folder.resolve("new"))) {
            for (var server : new String[] {"alpha", "beta.example"}) {
                servers.start(server);
                servers.brick(server, BRICK);
            }
            servers.inside("alpha", "gluster", "--mode=script", "volume", "start", "global", "force")
                    .run()
                    .good();
            await().atMost(Runs.PATIENCE).untilAsserted(() -> assertThat(status(servers))
                    .containsPattern("Brick alpha:/media/data0/brick +[0-9]+ +0 +Y")
                    .containsPattern("Brick beta.example:/media/data0/brick +[0-9]+ +0 +Y"));
            servers.mount("alpha");
            assertThat(servers.inside(
                                    "alpha",
                                    "sh",
                                    "-euc",
                                    "cd /mnt/global; echo more >new; cat d/g new; stat -c %h d/f; getfattr --only-values -n user.a d/f")
                            .run()
                            .good()
                            .out())
                    .isEqualTo("kept\nmore\n2\nb");
            // And nobody takes the state away from under a glusterd that works in it
            var live = migrate(folder, mapping, "alpha");
            assertThat(live.exit()).isEqualTo(16);
            assertThat(live.err()).contains("a glusterd (process ", ") uses ");
            var peers = servers.inside("beta.example", "gluster", "--mode=script", "pool", "list")
                    .run()
                    .good()
                    .out();
            assertThat(peers).containsPattern("alpha\\s+Connected").doesNotContain("node");
        }
        assertThat(Command.of(
                                "grep",
                                "-rlwE",
                                "node[12]|/media/brick0",
                                folder.resolve("new/alpha/glusterd").toString())
                        .run()
                        .out())
                .isEmpty();
    }

    private static Command.Result migrate(Path folder, Path mapping, String server) {
        var state = folder.resolve("new").resolve(server).resolve("glusterd");
        return new Tool(folder, folder, Map.of())
                .command("migrate", "--mapping", mapping.toString(), "--glusterd", state.toString(), "--regenerate")
                .run();
    }

    private static String status(Gluster servers) {
        return servers.inside("alpha", "gluster", "--mode=script", "volume", "status", "global")
                .run()
                .out();
    }

    private static void move(Path folder, String old, String now) {
        Command.shell(
                        "cp -a \"$1/old/$2\" \"$1/new/$3\"; mv \"$1/new/$3/bricks/brick0.img\" \"$1/new/$3/bricks/$4.img\"",
                        folder,
                        old,
                        now,
                        BRICK)
                .run()
                .good();
    }
}
