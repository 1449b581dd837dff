package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.store.testing.Programs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** restore.sh as it lies in a repository, with nothing on its PATH but the tools that it says it needs. */
class RestoreScriptIT {
    private static final List<String> TOOLS = List.of(
            "sh",
            "sed",
            "grep",
            "awk",
            "xargs",
            "age",
            "zstd",
            "ssh-keygen",
            "cat",
            "cp",
            "dd",
            "df",
            "dirname",
            "head",
            "mkdir",
            "mkfifo",
            "mktemp",
            "mv",
            "rm",
            "sha256sum",
            "tail",
            "tee",
            "tr",
            "wc");
    private static final String SOURCE = "database/shop";

    @TempDir
    Path folder = Path.of("unset");

    private Path path = Path.of("unset");
    private byte[] stream = new byte[0];

    private record Ended(int code, String err) {}

    @BeforeEach
    void onlyTheToolsItNeeds() throws IOException {
        path = Files.createDirectories(folder.resolve("bin"));
        for (var tool : TOOLS) {
            var found = Arrays.stream(System.getenv("PATH").split(":"))
                    .map(place -> Path.of(place, tool))
                    .filter(Files::isExecutable)
                    .findFirst();
            if (found.isEmpty()) {
                Programs.missing(tool + " is not installed here");
            }
            Files.createSymbolicLink(path.resolve(tool), found.orElseThrow());
        }
    }

    /** JUnit warns of each link out of a folder that it removes. */
    @AfterEach
    void removeLinks() throws IOException {
        for (var tool : TOOLS) {
            Files.deleteIfExists(path.resolve(tool));
        }
    }

    private World world(String encryption) throws Exception {
        var world = World.make(folder.resolve("world"), encryption);
        var random = new Random(3);
        var bytes = new byte[40 << 20];
        random.nextBytes(bytes);
        // a second half that repeats the first: extents that go back, and packs that are used twice
        System.arraycopy(bytes, 0, bytes, 20 << 20, 20 << 20);
        stream = bytes;
        world.storeBytes(SOURCE, ArtifactKind.STREAM, bytes);
        return world;
    }

    private Ended restore(World world, String... more) throws Exception {
        var command = new ArrayList<>(List.of(
                path.resolve("sh").toString(),
                world.staging().resolve("restore.sh").toString(),
                "--identity",
                world.keys().resolve("identity.txt").toString(),
                "--allowed-signers",
                world.keys().resolve("allowed_signers").toString()));
        command.addAll(List.of(more));
        var out = folder.resolve("stream");
        var err = folder.resolve("messages");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", path.toString());
        builder.environment().put("TMPDIR", folder.toString());
        var code = builder.start().waitFor();
        return new Ended(code, Files.readString(err, StandardCharsets.ISO_8859_1));
    }

    private byte[] restored() throws IOException {
        return Files.readAllBytes(folder.resolve("stream"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"age", "none"})
    void everyByteComesBackWithoutJava(String encryption) throws Exception {
        var world = world(encryption);

        var run = restore(world, SOURCE + "@latest");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Arrays.equals(restored(), stream)).isTrue();
        assertThat(folder).isDirectoryNotContaining("glob:**restore.*");
    }

    /** Messages spell it with a slash, the command line with an at sign. */
    @Test
    void anIdIsFoundBelowItsSourceInEitherSpelling() throws Exception {
        var world = world("age");
        var manifest = world.files(name -> name.endsWith("manifest.json")).getFirst();
        var id = manifest.getName(manifest.getNameCount() - 2).toString();

        for (var name : List.of(SOURCE + "/" + id, SOURCE + "@" + id, SOURCE + "@" + id.substring(0, 8), id)) {
            assertThat(restore(world, "--needs", name).code()).as(name).isZero();
            assertThat(world.run("show", name).code()).as(name).isZero();
        }
        assertThat(restore(world, "--needs", SOURCE + "@nothing").code()).isEqualTo(2);
    }

    @Test
    void whatOneArtifactNeedsIsListedWithoutAnIdentity() throws Exception {
        var world = world("age");

        var run = restore(world, "--needs", SOURCE + "@oldest");

        assertThat(run.code()).as(run.err()).isZero();
        var needed = Files.readAllLines(folder.resolve("stream"));
        assertThat(needed).contains("repository.json").hasSizeGreaterThan(6);
        assertThat(needed).allMatch(name -> Files.isRegularFile(world.staging().resolve(name)));
    }

    /** Every file of the repository flipped somewhere, one after the other: never exit 0 with other bytes. */
    @Test
    void noFlippedByteGoesUnnoticed() throws Exception {
        var world = world("age");
        var random = new Random(11);
        for (var file :
                world.files(name -> !name.endsWith("/index") && !name.startsWith("RESTORE") && !name.endsWith(".sh"))) {
            var whole = Files.readAllBytes(file);
            World.flip(file, random.nextInt(whole.length));

            var run = restore(world, SOURCE + "@latest");

            assertThat(run.code()).as("%s: %s", file, run.err()).isIn(13, 14);
            Files.write(file, whole);
        }
    }

    @Test
    void noMissingFileGoesUnnoticed() throws Exception {
        var world = world("none");
        for (var file :
                world.files(name -> !name.endsWith("/index") && !name.startsWith("RESTORE") && !name.endsWith(".sh"))) {
            var aside = folder.resolve("aside");
            Files.move(file, aside);

            var run = restore(world, SOURCE + "@latest");

            assertThat(run.code()).as("%s: %s", file, run.err()).isIn(1, 10, 13, 14);
            Files.move(aside, file);
        }
    }

    @Test
    void swappedPacksGoNotUnnoticed() throws Exception {
        var world = world("age");
        var packs = world.files(name -> name.startsWith("packs/"));
        var first = Files.readAllBytes(packs.getFirst());
        Files.write(packs.getFirst(), Files.readAllBytes(packs.getLast()));
        Files.write(packs.getLast(), first);

        assertThat(restore(world, SOURCE + "@latest").code()).isEqualTo(14);
    }

    @Test
    void anotherIdentityOpensNothing() throws Exception {
        var world = world("age");
        var others = folder.resolve("others");
        assertThat(Invocation.of("keys", "generate", others.toString()).code()).isZero();
        Files.write(world.keys().resolve("identity.txt"), Files.readAllBytes(others.resolve("identity.txt")));

        var run = restore(world, SOURCE + "@latest");

        assertThat(run.code()).as(run.err()).isEqualTo(12);
        assertThat(restored()).isEmpty();
    }

    @Test
    void signersOfOthersAreNotBelieved() throws Exception {
        var world = world("age");
        var others = folder.resolve("others");
        assertThat(Invocation.of("keys", "generate", others.toString()).code()).isZero();
        Files.write(world.keys().resolve("allowed_signers"), Files.readAllBytes(others.resolve("allowed_signers")));

        var run = restore(world, SOURCE + "@latest");

        assertThat(run.code()).as(run.err()).isEqualTo(13);
        assertThat(restored()).isEmpty();
    }
}
