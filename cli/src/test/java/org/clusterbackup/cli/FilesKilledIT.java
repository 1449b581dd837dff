package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code files restore} as a process of its own, which is killed in a way that nobody can catch. */
class FilesKilledIT {
    /** Says that it is called, and does nothing more. */
    private static final String STANDING = """
            #!/bin/sh
            echo $$ >FOLDER/standing.new && mv FOLDER/standing.new FOLDER/standing
            exec sleep 1000
            """;

    @TempDir
    Path folder = Path.of("unset");

    private Process start(World world, Path mount) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "org.clusterbackup.cli.Main"));
        command.addAll(List.of("files", "restore", "gv0", "plan", "--to", mount.toString()));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().putAll(world.environment());
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        return builder.start();
    }

    private static List<Path> left(Path mount) throws IOException {
        try (var files = Files.list(mount)) {
            return files.filter(path -> path.getFileName().toString().startsWith(".clusterbackup-"))
                    .toList();
        }
    }

    @Test
    void whatItLeavesGoesWithTheNextOneAndNotBeforeItIsDead() throws Exception {
        // Given a restore that stands where it has begun to work in the mount
        var world = World.make(Files.createDirectories(folder.resolve("world")), "age");
        var dump = BrickDump.make(folder, "brick", "echo plan >plan && echo photo >photo");
        try (var stream = Files.newInputStream(dump.file())) {
            world.store(World.BRICK, ArtifactKind.BRICK, stream, BrickDump.details("gv0", 0, 2));
        }
        var mount = Files.createDirectories(folder.resolve("mount"));
        var program = Files.createDirectories(folder.resolve("bin")).resolve("xfsrestore");
        Files.writeString(program, STANDING.replace("FOLDER", folder.toString()));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        var standing = folder.resolve("standing");
        var killed = start(world, mount);
        try {
            await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(standing) || !killed.isAlive());
            assertThat(killed.isAlive())
                    .as(Files.readString(folder.resolve("log")))
                    .isTrue();
            assertThat(left(mount)).hasSize(1);
            Files.writeString(
                    Files.createDirectories(left(mount).getFirst().resolve("files"))
                            .resolve("half"),
                    "ha");

            // When another one comes meanwhile, then that is left alone
            var beside = world.run("files", "restore", "gv0", "photo", "--to", mount.toString());
            assertThat(beside.code()).as(beside.err()).isZero();
            assertThat(beside.err()).doesNotContain("killed restore");
            assertThat(left(mount)).hasSize(1);

            // When it is dead
            killed.destroyForcibly().waitFor();
            var dead = left(mount).getFirst();
            var after = world.run("files", "restore", "gv0", "plan", "--to", mount.toString());

            // Then what it left is gone, and nothing else is
            assertThat(after.code()).as(after.err()).isZero();
            assertThat(after.err()).contains("removed " + dead + ", which a killed restore had left");
            assertThat(left(mount)).isEmpty();
            assertThat(mount.resolve("plan")).hasContent("plan");
            assertThat(mount.resolve("photo")).hasContent("photo");
        } finally {
            killed.destroyForcibly();
            if (Files.exists(standing)) {
                ProcessHandle.of(Long.parseLong(Files.readString(standing).strip()))
                        .ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }
}
