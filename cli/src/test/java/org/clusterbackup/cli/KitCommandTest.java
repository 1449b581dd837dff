package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KitCommandTest {
    private static final String MANIFESTS = """
            kind: Namespace
            metadata: {name: cluster-backup}
            ---
            kind: Secret
            metadata: {name: keys, namespace: cluster-backup}
            data: {token: c2VjcmV0}
            """;

    @TempDir
    Path folder = Path.of("unset");

    private World world = new World(Path.of("unset"));
    private Path tool = Path.of("unset");

    @BeforeEach
    void aTargetAndATool() throws IOException {
        world = World.make(folder, "age");
        tool = Files.writeString(folder.resolve("clusterbackup-1-linux.tar.gz"), "program");
    }

    private Invocation kit(String... args) {
        return world.run(Stream.concat(
                        Stream.of("kit"),
                        Stream.concat(
                                Stream.of(args), Stream.of("-r", world.target().toString())))
                .toArray(String[]::new));
    }

    private Invocation good(String... args) {
        var run = kit(args);
        assertThat(run.code()).as(run.err()).isZero();
        return run;
    }

    private List<Path> kits() throws IOException {
        var kit = world.target().resolve("kit");
        if (!Files.exists(kit)) {
            return List.of();
        }
        try (var files = Files.walk(kit)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private void verify() {
        var run = world.run("verify", "-r", world.target().toString(), "--read-data");
        assertThat(run.code()).as(run.text() + run.err()).isZero();
        assertThat(run.text()).doesNotContain("kit/");
    }

    @Test
    void whatIsPutThereComesBackWithoutSecrets() throws IOException {
        var manifests = Files.writeString(folder.resolve("rendered.yaml"), MANIFESTS);

        var put = good("put", "--manifests", manifests.toString(), tool.toString());
        good("get", folder.resolve("rescue").toString());

        assertThat(put.err()).contains("left out: Secret cluster-backup/keys with token");
        assertThat(folder.resolve("rescue/" + tool.getFileName())).hasSameBinaryContentAs(tool);
        assertThat(Files.readString(folder.resolve("rescue/manifests.yaml")))
                .contains("kind: Namespace", "# left out: Secret cluster-backup/keys with token")
                .doesNotContain("c2VjcmV0");
        verify();

        // Fetched twice is the same; another file of that name is not overwritten
        good("get", folder.resolve("rescue").toString());
        Files.writeString(folder.resolve("rescue/manifests.yaml"), "mine");
        assertThat(kit("get", folder.resolve("rescue").toString()).code()).isEqualTo(16);
        assertThat(folder.resolve("rescue/manifests.yaml")).hasContent("mine");
    }

    @Test
    void theSameKitIsLeftAloneAndANewerOneTakesItsPlace() throws IOException {
        good("put", tool.toString());
        var first = kits();
        assertThat(first).hasSize(3);

        assertThat(good("put", tool.toString()).err()).contains("there already");
        assertThat(kits()).isEqualTo(first);

        Files.writeString(tool, "newer program");
        assertThat(good("put", "--dry-run", tool.toString()).err()).contains("would put");
        assertThat(kits()).isEqualTo(first);
        assertThat(good("put", tool.toString()).err()).contains("removed the older kit");
        assertThat(kits()).hasSize(3).doesNotContainAnyElementsOf(first);
        verify();
    }

    @Test
    void manifestsMayComeThroughAPipe() throws IOException {
        var stdin = System.in;
        System.setIn(new ByteArrayInputStream(MANIFESTS.getBytes(StandardCharsets.UTF_8)));
        try {
            good("put", "--manifests", "-");
        } finally {
            System.setIn(stdin);
        }

        assertThat(kits()).anyMatch(file -> file.endsWith("manifests.yaml"));
    }

    @Test
    void secretsAreRefusedByNameAndNothingIsPutThere() throws IOException {
        var secret = Files.writeString(folder.resolve("secret.yaml"), MANIFESTS);
        for (var file :
                List.of(world.keys().resolve("identity.txt"), world.keys().resolve("signing/operator"), secret)) {
            var run = kit("put", tool.toString(), file.toString());

            assertThat(run.code()).as(file.toString()).isEqualTo(2);
            assertThat(run.err()).contains(file.toString(), "looks like").doesNotContain("c2VjcmV0");
        }
        assertThat(kits()).isEmpty();
    }

    @Test
    void whatIsNotWhatWasSignedIsNotTaken() throws IOException {
        good("put", tool.toString());
        var there = kits().stream()
                .filter(file -> file.endsWith(tool.getFileName()))
                .findFirst()
                .orElseThrow();
        World.flip(there, 3);

        var rescue = folder.resolve("rescue");
        var run = kit("get", rescue.toString());

        assertThat(run.code()).isEqualTo(14);
        assertThat(run.err()).contains("has not the digest that was signed");
        try (var files = Files.list(rescue)) {
            assertThat(files).isEmpty();
        }
        var verified = world.run("verify", "-r", world.target().toString(), "--read-data");
        assertThat(verified.code()).isEqualTo(14);
        assertThat(verified.text() + verified.err()).contains(tool.getFileName().toString());
    }

    @Test
    void whatCannotBeIsSaid() throws IOException {
        var hidden = Files.writeString(folder.resolve(".hidden"), "x");
        var other = Files.createDirectory(folder.resolve("other")).resolve(tool.getFileName());
        Files.writeString(other, "another");

        assertThat(kit("put").code()).as("nothing").isEqualTo(2);
        assertThat(kit("put", hidden.toString()).code()).as("a hidden file").isEqualTo(2);
        assertThat(kit("put", folder.toString()).code()).as("a folder").isEqualTo(2);
        assertThat(kit("put", folder.resolve("gone").toString()).code())
                .as("gone")
                .isEqualTo(2);
        assertThat(kit("put", tool.toString(), other.toString()).code())
                .as("twice")
                .isEqualTo(2);
        assertThat(kit("put", "--manifests", tool.toString()).code())
                .as("no YAML")
                .isEqualTo(2);
        assertThat(kit(
                                "put",
                                tool.toString(),
                                "--signing-key",
                                world.keys().resolve("signing/provisioner").toString())
                        .code())
                .as("who may not sign")
                .isEqualTo(13);
        assertThat(kit("get").code()).as("no kit").isEqualTo(1);
        assertThat(kits()).isEmpty();
        assertThat(world.run("kit", "put", tool.toString()).code())
                .as("staging")
                .isEqualTo(2);
    }
}
