package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real directory; time passes for packs by making them older. */
class PruneCommandTest {
    private static final String SOURCE = "provisioner/site";

    @TempDir
    Path folder = Path.of("unset");

    private World world = new World(Path.of("unset"));
    private final List<String> ids = new ArrayList<>();

    @BeforeEach
    void threeArtifactsAtATarget() throws IOException {
        world = World.make(folder, "age");
        // All of one day.
        await().atMost(Duration.ofMinutes(2))
                .until(() -> LocalTime.now(ZoneOffset.UTC).isBefore(LocalTime.of(23, 59)));
        for (var number = 0; number < 3; number++) {
            var file = Files.writeString(folder.resolve("file"), "saved " + number);
            ids.add(good("store", "-r", target(), "--source", SOURCE, file.toString())
                    .text()
                    .strip());
        }
        pass(Duration.ofDays(2));
    }

    private String target() {
        return world.target().toString();
    }

    private Invocation good(String... args) {
        var run = world.run(args);
        assertThat(run.code()).as(run.err()).isZero();
        return run;
    }

    private Invocation prune(String... more) {
        return world.run(
                Stream.concat(Stream.of("prune", target()), Stream.of(more)).toArray(String[]::new));
    }

    private void pass(Duration time) throws IOException {
        for (var below : List.of("packs", "condemned")) {
            for (var name : files(below)) {
                var file = Path.of(name);
                Files.setLastModifiedTime(
                        file,
                        FileTime.from(
                                Files.getLastModifiedTime(file).toInstant().minus(time)));
            }
        }
    }

    private List<String> files(String below) throws IOException {
        var top = world.target().resolve(below);
        if (!Files.exists(top)) {
            return List.of();
        }
        try (var files = Files.walk(top)) {
            return files.filter(Files::isRegularFile)
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }

    private static Invocation answering(String answer, java.util.function.Supplier<Invocation> run) {
        var stdin = System.in;
        System.setIn(new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)));
        try {
            return run.get();
        } finally {
            System.setIn(stdin);
        }
    }

    @Test
    void aDryRunSaysWhatTheRunThenDoesAndTheRestComesBack() throws Exception {
        // When it is only asked
        var before = files("");
        var dry = prune("--keep-daily", "1", "--dry-run");
        assertThat(dry.code()).as(dry.err()).isZero();
        assertThat(files("")).isEqualTo(before);

        // Then the run says the same
        var run = prune("--keep-daily", "1", "--yes");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat("would be at " + run.text().lines().toList().getLast())
                .isEqualTo(dry.text().lines().toList().getLast());
        assertThat(run.text().lines().limit(4))
                .containsExactlyElementsOf(dry.text().lines().limit(4).toList());
        assertThat(run.text())
                .containsPattern(ids.get(2) + ".* keep +daily, last good")
                .containsPattern(ids.get(1) + ".* remove")
                .containsPattern(ids.get(0) + ".* remove")
                .contains("1 artifacts of 1 sources kept, 2 removed; 2 packs (")
                .contains(") condemned, 0 packs (0 B) deleted");
        assertThat(good("list", "-r", target()).text()).contains(ids.get(2)).doesNotContain(ids.get(1));

        // And a grace period later the packs go
        assertThat(files("packs")).hasSize(3);
        pass(Duration.ofDays(8));
        var later = prune("--keep-daily", "1", "--yes");
        assertThat(later.code()).as(later.err()).isZero();
        assertThat(later.text()).contains("0 removed; 0 packs (0 B) condemned, 2 packs (");
        assertThat(files("packs")).hasSize(1);
        assertThat(files("condemned")).isEmpty();
        good("verify", "-r", target(), "--read-data");
        assertThat(good("cat", "-r", target(), SOURCE + "@latest").text()).contains("saved 2");
    }

    @Test
    void thePageOfOperationsIsRunAsItStands() throws Exception {
        var options = Files.writeString(folder.resolve("target.options"), "-r\n" + target() + "\n");
        var commands = new ArrayList<String>();
        var within = false;
        for (var line : Files.readAllLines(Path.of("../docs/operations/retention.md"))) {
            within = line.startsWith("```") ? line.equals("```sh") : within;
            if (within && line.startsWith("clusterbackup ")) {
                commands.add(line.substring("clusterbackup ".length()));
            }
        }

        assertThat(commands).hasSize(3);
        for (var command : commands) {
            good(command.replace("@target.options", "@" + options).split(" "));
        }
        assertThat(good("list", "-r", target()).text()).contains(ids.get(2)).doesNotContain(ids.get(1));
    }

    @Test
    void jsonHoldsTheSame() throws Exception {
        var run = prune("--keep-daily", "1", "--dry-run", "--output", "json");

        assertThat(run.code()).as(run.err()).isZero();
        var document = new JsonMapper().readTree(run.text());
        assertThat(document.path("dryRun").asBoolean()).isTrue();
        assertThat(document.path("artifacts")).hasSize(3);
        assertThat(document.at("/artifacts/0/policy").asText()).isEqualTo("keep");
        assertThat(document.at("/condemned/packs").asInt()).isEqualTo(2);
        assertThat(document.path("bytesFreed").asLong()).isPositive();
        var unasked = prune("--keep-daily", "1", "--output", "json");
        assertThat(unasked.code()).as(unasked.err()).isEqualTo(2);
    }

    @Test
    void itAsksFirstAndOnlyYesIsYes() throws Exception {
        for (var answer : List.of("no\n", "", "y\n")) {
            var refused = answering(answer, () -> prune("--keep-daily", "1"));
            assertThat(refused.code()).isEqualTo(3);
            assertThat(refused.err()).contains("delete 2 artifacts and 0 packs at ", "nothing was deleted");
            assertThat(files("ledger")).isEmpty();
        }

        var agreed = answering("yes\n", () -> prune("--keep-daily", "1"));

        assertThat(agreed.code()).as(agreed.err()).isZero();
        assertThat(agreed.text()).contains("2 removed");
        assertThat(files("artifacts")).hasSize(4);
    }

    @Test
    void whatIsNoPolicyIsAUsageError() {
        for (var args : List.of(
                List.of("--yes"),
                List.of("--keep-daily", "0", "--yes"),
                List.of("--keep-last", "3", "--yes"),
                List.of("--keep-daily", "many", "--yes"),
                List.of("--keep-within", "0d", "--yes"),
                List.of("--keep-daily", "1", "--grace", "30m", "--yes"),
                List.of("--keep-daily", "1", "--grace", "soon", "--yes"))) {
            var run = prune(args.toArray(String[]::new));

            assertThat(run.code()).as("%s: %s", args, run.err()).isEqualTo(2);
            assertThat(run.err()).isNotBlank();
        }
        var staging = world.run("prune", "--keep-daily", "1", "--yes");
        assertThat(staging.code()).isEqualTo(2);
        assertThat(staging.err()).contains("staging");
    }

    @Test
    void aPolicyOfAFileIsThatOfTheOptions() throws Exception {
        var file = Files.writeString(
                folder.resolve("policies.yaml"),
                "policies: []\nretention: [{sources: ['provisioner/*'], keep: {daily: 1}}]\n");
        var byOptions = prune("--keep-daily", "1", "--dry-run");

        var byFile = prune("--policy", file.toString(), "--dry-run");

        assertThat(byFile.code()).as(byFile.err()).isZero();
        assertThat(byFile.text()).isEqualTo(byOptions.text()).contains("2 removed");
        var both = prune("--policy", file.toString(), "--keep-daily", "1", "--dry-run");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).contains("two policies");
        // And what the file says nothing of stays, and what is wrong in it deletes nothing
        Files.writeString(file, "retention: [{sources: ['brick/*'], keep: {daily: 1}}]\n");
        assertThat(prune("--policy", file.toString(), "--yes").text()).contains("3 artifacts of 1 sources kept");
        Files.writeString(file, "retention: [{sources: ['*'], keep: {daily: -1}}]\n");
        var bad = prune("--policy", file.toString(), "--yes");
        assertThat(bad.code()).isEqualTo(2);
        assertThat(bad.err()).contains("policies.yaml: retention[0].keep");
        assertThat(files("ledger")).isEmpty();
    }

    @Test
    void aWrongOrMissingKeyAndAPlaceThatDoesNotAnswerDeleteNothing() throws Exception {
        var before = files("");
        var drill = world.keys().resolve("signing/drill").toString();

        assertThat(prune("--keep-daily", "1", "--yes", "--signing-key", drill).code())
                .isEqualTo(13);
        var gone = prune(
                "--keep-daily",
                "1",
                "--yes",
                "--signing-key",
                folder.resolve("gone").toString());
        assertThat(gone.code()).as(gone.err()).isEqualTo(12);
        var hosts = Files.createFile(folder.resolve("known_hosts")).toString();
        assertThat(world.run(
                                "prune",
                                "sftp://nobody@127.0.0.1:1/srv/backup",
                                "--keep-daily",
                                "1",
                                "--yes",
                                "--retry-for",
                                "0",
                                "--ssh-known-hosts",
                                hosts)
                        .code())
                .isEqualTo(17);

        assertThat(files("")).isEqualTo(before);
    }

    @Test
    void whatIsWrongThereIsSaidAndStays() throws Exception {
        var bad = world.target().resolve("artifacts/" + SOURCE + "/" + ids.getFirst() + "/manifest.json");
        World.flip(bad, 60);

        var run = prune("--keep-daily", "1", "--yes");

        assertThat(run.code()).isEqualTo(13);
        assertThat(run.err()).contains("artifacts/" + SOURCE + "/" + ids.getFirst());
        assertThat(run.text()).containsPattern(ids.getFirst() + " .* keep +not to be believed");
        assertThat(bad).exists();
    }
}
