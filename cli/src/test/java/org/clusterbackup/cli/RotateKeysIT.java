package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.clusterbackup.repository.store.testing.Programs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/operations/rotate-keys.md}, as it stands there, between one backup and the next. */
class RotateKeysIT {
    private static final String PAGE = "rotate-keys.md";
    private static final String ROLE = "The signing key of a role";
    private static final String STOLEN = "A signing key that was stolen";
    private static final String OPERATOR = "The operator's key";
    private static final String FURTHER = "A further recipient";
    private static final String ANOTHER = "Another recipient";

    @TempDir
    Path folder = Path.of("unset");

    private World world = new World(Path.of("unset"));
    private Path tree = Path.of("unset");
    private Path fresh = Path.of("unset");
    private String first = "";

    @BeforeEach
    void aBackupWithTheOldKeys() throws Exception {
        world = World.make(folder.resolve("world"), "age");
        world.storeTree();
        tree = world.root().resolve("tree");
        world.enterRecoveryPoint("one");
        first = newest();
        fresh = folder.resolve("new");
        good("New keys", 0);
    }

    private DocumentedShell.Ended block(String section, int number, Map<String, String> more) throws IOException {
        var blocks = DocumentedBlocks.sections(PAGE).getOrDefault(section, List.of());
        assertThat(blocks).as(section).hasSizeGreaterThan(number);
        return shell(blocks.get(number), more);
    }

    private DocumentedShell.Ended shell(String commands, Map<String, String> more) throws IOException {
        var environment = new HashMap<>(Map.of(
                "CLUSTERBACKUP_SPOOL", world.root().toString(),
                "KEYS", world.keys().toString(),
                "STAGING", world.staging().toString(),
                "TARGET", world.target().toString(),
                "NEW", fresh.toString()));
        environment.putAll(more);
        return new DocumentedShell(Files.createDirectories(folder.resolve("said")), environment).run(commands);
    }

    private String good(String section, int number) throws IOException {
        var ended = block(section, number, Map.of());
        assertThat(ended.code()).as("%s: %s", section, ended).isZero();
        return ended.out();
    }

    private String newest() throws IOException {
        var shown = world.run("show", World.TREE + "@latest", "--output", "json");
        return new JsonMapper().readTree(shown.text()).path("artifact").asText();
    }

    /** What the next run does: stores and ships. */
    private String backUp(String run) throws Exception {
        var stored = store();
        assertThat(stored.code()).as(stored.err()).isZero();
        world.enterRecoveryPoint(run);
        return newest();
    }

    private Invocation store(String... more) {
        var args = new ArrayList<>(List.of("store", "--source", World.TREE, tree.toString(), "--output", "json"));
        args.addAll(List.of(more));
        return world.run(args.toArray(String[]::new));
    }

    private Invocation atTarget(String... args) {
        var all = new ArrayList<>(List.of(args));
        all.addAll(List.of("-r", world.target().toString()));
        return world.run(all.toArray(String[]::new));
    }

    /** Everything lists, verifies with every byte read and opened, and comes back as it was. */
    private void requireReadable(String... artifacts) throws IOException {
        for (var copy : List.of(world.staging(), world.target())) {
            assertThat(world.run("list", "-r", copy.toString()).text()).contains(artifacts);
            var verified = world.run("verify", "--read-data", "-r", copy.toString());
            assertThat(verified.code()).as(verified.text() + verified.err()).isZero();
            assertThat(verified.text() + verified.err()).doesNotContain("unfinished");
        }
        for (var artifact : artifacts) {
            var to = folder.resolve("restored-" + artifact);
            var restored = atTarget("restore", "tree", artifact, "--to", to.toString());
            assertThat(restored.code()).as(restored.err()).isZero();
            BrickDump.shell(
                    folder, "diff -r \"$(find " + to + " -name deep)\" " + tree.resolve("deep") + "; rm -r " + to);
        }
    }

    private int opens(String artifact, Path identity) {
        return atTarget("cat", artifact, "--identity", identity.toString()).code();
    }

    private static Path copyOf(Path file) throws IOException {
        return Files.copy(file, file.resolveSibling(file.getFileName() + ".before"));
    }

    @Test
    void eachSectionOfThePageIsRun() throws IOException {
        assertThat(DocumentedBlocks.sections(PAGE).keySet())
                .containsExactly(
                        "New keys",
                        FURTHER,
                        ANOTHER,
                        ROLE,
                        STOLEN,
                        OPERATOR,
                        "The chunking key",
                        "Look whether all is done");
        assertThat(DocumentedBlocks.sections(PAGE).values().stream()
                        .mapToInt(List::size)
                        .sum())
                .isEqualTo(DocumentedBlocks.of(PAGE).size());
    }

    @Test
    void aFurtherRecipientOpensWhatIsStoredFromThenOn() throws Exception {
        var before = copyOf(world.keys().resolve("recipients.txt"));
        assertThat(good(FURTHER, 0))
                .isEqualTo(
                        world.staging() + " was changed: revision 2\n" + world.target() + " was changed: revision 2\n");
        var second = backUp("two");

        // Then each opens what it may
        good(FURTHER, 1);
        requireReadable(first, second);
        assertThat(opens(second, fresh.resolve("identity.txt"))).isZero();
        assertThat(opens(first, fresh.resolve("identity.txt"))).isEqualTo(12);

        // And a writer that was forgotten is found
        assertThat(store("--recipients", before.toString()).code()).isZero();
        world.enterRecoveryPoint("three");
        var forgotten = block(FURTHER, 1, Map.of());
        assertThat(forgotten.code()).as("%s", forgotten).isEqualTo(12);
        assertThat(forgotten.out()).containsPattern(World.TREE + " .* no\n");
    }

    @Test
    void anotherRecipientOpensWhatIsStoredFromThenOnAlone() throws Exception {
        var old = copyOf(world.keys().resolve("identity.txt"));
        good(ANOTHER, 0);
        var second = backUp("two");

        good(ANOTHER, 1);
        requireReadable(first, second);
        assertThat(opens(second, fresh.resolve("identity.txt"))).isZero();
        assertThat(opens(second, old)).isEqualTo(12);
        assertThat(opens(first, fresh.resolve("identity.txt"))).isEqualTo(12);
        good("Look whether all is done", 0);
    }

    @Test
    void aRoleGetsAnotherKeyAndNothingIsStoredAnew() throws Exception {
        var old = copyOf(world.keys().resolve("signing/provisioner"));
        good(ROLE, 0);
        assertThat(store().code())
                .as("the old key counts until the role has the new one")
                .isZero();
        good(ROLE, 1);
        var stored = store();
        assertThat(new JsonMapper().readTree(stored.text()).path("newBytes").asLong())
                .as(stored.err())
                .isZero();
        world.enterRecoveryPoint("two");

        requireReadable(first, newest());
        assertThat(Files.readString(old))
                .isNotEqualTo(Files.readString(world.keys().resolve("signing/provisioner")));
        good("Look whether all is done", 0);
    }

    @Test
    void whatAStolenKeySignedIsBelievedByTheLongerListAlone() throws Exception {
        // Given a thief with the role's key
        var stolen = copyOf(world.keys().resolve("signing/provisioner")).toString();
        good(ROLE, 0);
        good(ROLE, 1);
        good(STOLEN, 0);
        var longer = world.keys().resolve("allowed_signers.with-provisioner").toString();

        // When it writes, then it is refused before anything is stored
        var before = world.files(_ -> true);
        var refused = store("--signing-key", stolen);
        assertThat(refused.code()).isEqualTo(13);
        assertThat(refused.err())
                .contains("signature for subject provisioner/site is refused: its signer is unknown: ssh-ed25519 ");
        assertThat(world.files(_ -> true)).isEqualTo(before);

        // And what it writes all the same, by a list of its own, nobody ships
        var forged = store("--signing-key", stolen, "--allowed-signers", longer);
        assertThat(forged.code()).as(forged.err()).isZero();
        var bad = newest(longer);

        // When the role's next run is stored, then it stands on its own and is shipped
        var stored = store();
        var json = new JsonMapper().readTree(stored.text());
        assertThat(json.path("newBytes").asLong())
                .as(stored.err())
                .isPositive()
                .isEqualTo(json.path("storedBytes").asLong());
        var second = json.path("artifact").asText();
        var shipped =
                world.run("copy", world.staging().toString(), world.target().toString());
        assertThat(shipped.code()).as(shipped.err()).isEqualTo(13);
        assertThat(atTarget("cat", second).code()).isZero();
        assertThat(world.target().resolve("artifacts/" + World.TREE + "/" + bad))
                .doesNotExist();

        // And the old one is the operator's to believe
        assertThat(atTarget("cat", first).code()).isEqualTo(13);
        assertThat(atTarget("list").code()).isEqualTo(13);
        var verified = atTarget("verify");
        assertThat(verified.code()).isEqualTo(13);
        assertThat(verified.text() + verified.err()).contains(first).doesNotContain(second);
        var all = block(STOLEN, 1, Map.of("role", "provisioner"));
        assertThat(all.code()).as("%s", all).isZero();
        var old = atTarget("cat", World.TREE + "@one", "--allowed-signers", longer);
        assertThat(old.code()).as(old.err()).isZero();
        assertThat(old.out())
                .isEqualTo(atTarget("cat", first, "--allowed-signers", longer).out());
    }

    private String newest(String signers) throws IOException {
        var shown = world.run("show", World.TREE + "@latest", "--allowed-signers", signers, "--output", "json");
        return new JsonMapper().readTree(shown.text()).path("artifact").asText();
    }

    @Test
    void theOperatorGetsAnotherKeyAndTheOldOneIsRefused() throws Exception {
        // Given a copy that is forgotten
        var forgotten = folder.resolve("vault").toString();
        assertThat(world.run(
                                "init",
                                "-r",
                                forgotten,
                                "--name",
                                "vault",
                                "--same-as",
                                world.staging().toString())
                        .code())
                .isEqualTo(3); // nobody but the operator may sign its ledger
        var old = copyOf(world.keys().resolve("signing/operator")).toString();

        // When
        good(OPERATOR, 0);
        var second = backUp("two");

        // Then
        requireReadable(first, second);
        assertThat(world.run("list", "-r", forgotten).code()).isZero();

        // When the old line leaves the list, then what was signed anew counts, and nothing else
        var shorter = DocumentedBlocks.sections(PAGE)
                .getOrDefault(STOLEN, List.of())
                .getFirst()
                .replace("role=provisioner", "role=operator");
        assertThat(shell(shorter, Map.of()).code()).isZero();
        requireReadable(first, second, backUp("three"));
        assertThat(world.run("list", "-r", forgotten).code()).isEqualTo(13);
        for (var command :
                List.of("keys apply", "sources retire host/gone --unknown", "store --source tree/other " + tree)) {
            var refused = world.run((command + " --signing-key " + old).split(" "));
            assertThat(refused.code()).as(command).isEqualTo(13);
            assertThat(refused.err()).contains("is refused: its signer is unknown: ssh-ed25519 ");
        }

        // And the longer list mends what was forgotten
        var longer = world.keys().resolve("allowed_signers.with-operator").toString();
        assertThat(world.run("keys", "apply", "-r", forgotten, "--allowed-signers", longer)
                        .code())
                .isZero();
        assertThat(world.run("list", "-r", forgotten).code()).isZero();
        good("Look whether all is done", 0);
    }

    @Test
    void standardToolsBelieveWhatWasSignedAnew() throws Exception {
        for (var tool : List.of("age", "zstd", "ssh-keygen")) {
            Programs.require(tool, tool);
        }
        good(ANOTHER, 0);
        good(OPERATOR, 0);
        var second = backUp("two");

        for (var artifact : List.of(first, second)) {
            var restored = shell(
                    "sh \"$TARGET/restore.sh\" --identity \"$KEYS/identity.txt\" --allowed-signers \"$KEYS/allowed_signers\" "
                            + artifact + " | tar -t",
                    Map.of());
            assertThat(restored.code()).as("%s", restored).isZero();
            assertThat(restored.out()).contains("deep/file-3");
        }
    }

    @Test
    void cutOffBetweenStagingAndTargetItIsRunAgain() throws Exception {
        // Given that only staging was told
        var block = DocumentedBlocks.sections(PAGE)
                .getOrDefault(OPERATOR, List.of())
                .getFirst();
        var lines = block.lines().toList();
        assertThat(shell(String.join("\n", lines.subList(0, lines.size() - 1)), Map.of())
                        .code())
                .isZero();

        // Then everything goes on
        var second = backUp("two");
        requireReadable(first, second);
        var look = block("Look whether all is done", 0, Map.of());
        assertThat(look.out())
                .contains(world.staging() + " says so already: revision 2\n")
                .contains(world.target() + " would change: revision 1\n");

        // When its commands are run again
        var repository = world.staging().resolve("repository.json");
        var before = Files.readString(repository);
        assertThat(shell(String.join("\n", lines.subList(lines.size() - 2, lines.size())), Map.of())
                        .out())
                .isEqualTo(world.staging() + " says so already: revision 2\n" + world.target()
                        + " was changed: revision 2\n");

        // Then
        assertThat(Files.readString(repository)).isEqualTo(before);
        assertThat(good("Look whether all is done", 0)).contains(world.target() + " says so already: revision 2\n");
        requireReadable(first, second);
    }

    @Test
    void aRepositoryThatIsPutBackBehindARotationIsNamed() throws Exception {
        var file = world.target().resolve("repository.json");
        var old = new HashMap<Path, byte[]>();
        try (var files = Files.list(world.target())) {
            for (var signature : files.filter(path -> path.toString().contains("repository.json"))
                    .toList()) {
                old.put(signature, Files.readAllBytes(signature));
            }
        }
        good(ANOTHER, 0);
        assertThat(Files.readAllBytes(file)).isNotEqualTo(old.get(file));

        for (var one : old.entrySet()) {
            Files.deleteIfExists(one.getKey());
            Files.write(one.getKey(), one.getValue());
        }

        var verified = atTarget("verify");
        assertThat(verified.code()).isEqualTo(14);
        assertThat(verified.text() + verified.err()).contains("repository.json was rolled back: it has revision 1");
    }

    @Test
    void anotherChunkingKeyCostsOneRun() throws Exception {
        good("The chunking key", 0);

        var all = new JsonMapper().readTree(store().text());
        var nothing = new JsonMapper().readTree(store().text());

        assertThat(all.path("newBytes").asLong())
                .isPositive()
                .isEqualTo(all.path("storedBytes").asLong());
        assertThat(nothing.path("newBytes").asLong()).isZero();
        world.enterRecoveryPoint("two");
        requireReadable(first, newest());
    }
}
