package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.clusterbackup.repository.store.testing.Programs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rescue kit is taken from a target with standard tools only, as the pages say. */
class KitIT {
    private static final Path RESTORE_MD =
            Path.of("../repository/src/main/resources/org/clusterbackup/repository/RESTORE.md");
    private static final Path PAGE = Path.of("../docs/operations/rescue-kit.md");

    @TempDir
    Path folder = Path.of("unset");

    private World world = new World(Path.of("unset"));

    @BeforeEach
    void aKitAtATarget() throws IOException {
        var unused = Programs.require("SSH_KEYGEN", "ssh-keygen");
        world = World.make(folder, "age");
        BrickDump.shell(folder, """
                mkdir -p clusterbackup-1-linux/bin && cd clusterbackup-1-linux/bin
                printf '#!/bin/sh\\necho it runs: "$@"\\n' >clusterbackup && chmod 755 clusterbackup
                cd ../.. && tar -czf clusterbackup-1-linux.tar.gz clusterbackup-1-linux
                """);
        var put = world.run(
                "kit",
                "put",
                "-r",
                world.target().toString(),
                folder.resolve("clusterbackup-1-linux.tar.gz").toString());
        assertThat(put.code()).as(put.err()).isZero();
        Files.copy(world.keys().resolve("allowed_signers"), world.target().resolve("allowed_signers"));
    }

    /** The block of commands that unpacks the kit. */
    private static String commands(Path page) throws IOException {
        var lines = Files.readAllLines(page);
        var first = lines.stream().filter(line -> line.startsWith("    kit=")).findFirst();
        assertThat(first).as("commands of %s", page).isPresent();
        return lines.subList(lines.indexOf(first.get()), lines.size()).stream()
                .takeWhile(line -> line.startsWith("    "))
                .map(String::strip)
                .collect(Collectors.joining("\n"));
    }

    @Test
    void theTwoPagesSayTheSame() throws IOException {
        assertThat(commands(RESTORE_MD)).isEqualTo(commands(PAGE));
    }

    @Test
    void theCommandsAtTheTargetProveAndUnpackIt() throws IOException {
        var said = BrickDump.shell(
                world.target(), commands(RESTORE_MD) + "\nprogram/clusterbackup-*/bin/clusterbackup list");

        String kit;
        try (var kits = Files.list(world.target().resolve("kit"))) {
            kit = String.valueOf(kits.findFirst().orElseThrow().getFileName());
        }
        assertThat(said.lines())
                .anyMatch(line -> line.startsWith("Good \"clusterbackup\" signature for repository"))
                .anyMatch(line -> line.endsWith(" kit " + kit))
                .contains("kit/" + kit, "clusterbackup-1-linux.tar.gz: OK", "it runs: list");
    }

    @Test
    void whatWasChangedIsNotUnpacked(@TempDir Path other) throws IOException {
        for (var name : List.of("clusterbackup-1-linux.tar.gz", "SHA256SUMS", "SHA256SUMS.sig")) {
            var copy = world.copyTo(other.resolve(name));
            try (var kits = Files.walk(copy.target().resolve("kit"))) {
                World.flip(kits.filter(file -> file.endsWith(name)).findFirst().orElseThrow(), 40);
            }

            // The shell of this test stops at the first command that fails, as a reader does.
            assertThatThrownBy(() -> BrickDump.shell(copy.target(), commands(RESTORE_MD)))
                    .as(name)
                    .isInstanceOf(AssertionError.class);
            assertThat(copy.target().resolve("program")).doesNotExist();
        }
    }
}
