package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {
    @TempDir
    Path folder = Path.of("unset");

    @Test
    void unknownCommandIsAUsageError() {
        var run = Invocation.of("lst");

        assertThat(run.code()).isEqualTo(Kind.USAGE.exitCode());
        assertThat(run.err()).startsWith("clusterbackup: ").contains("hint: see clusterbackup --help");
        assertThat(run.out()).isEmpty();
    }

    /** Of a description's lines the list has the first one alone, and folds what is longer than the screen is wide. */
    @Test
    void theListOfCommandsSaysAWholeSentenceOfEach() {
        var all = Main.commandLine(
                new Console(OutputStream.nullOutputStream(), OutputStream.nullOutputStream(), Map.of()));

        assertThat(descriptions(all))
                .hasSizeGreaterThan(30)
                .allSatisfy(
                        (name, said) -> assertThat(said).as(name).endsWith(".").hasSizeLessThan(98));
    }

    private static Map<String, String> descriptions(CommandLine line) {
        var said = new TreeMap<String, String>();
        line.getSubcommands().values().forEach(sub -> {
            said.put(
                    sub.getCommandSpec().qualifiedName(),
                    sub.getCommandSpec().usageMessage().description()[0]);
            said.putAll(descriptions(sub));
        });
        return said;
    }

    /** It has two repositories, and neither is meant by it. */
    @Test
    void copyTakesNoRepositoryOption() {
        var run = Invocation.of("copy", "-r", "/srv/a", "/srv/b", "/srv/c");

        assertThat(run.code()).isEqualTo(Kind.USAGE.exitCode());
        assertThat(run.err()).contains("'-r'");
    }

    @Test
    void noCommandAtAllIsAUsageError() {
        assertThat(Invocation.of().code()).isEqualTo(Kind.USAGE.exitCode());
    }

    @Test
    void anErrorIsJsonWhereJsonWasAskedFor() throws IOException {
        var run = Invocation.of("keys", "generate", "--output", "json");

        var error = new JsonMapper().readTree(run.err()).get("error");
        assertThat(error.get("exitCode").intValue()).isEqualTo(run.code()).isEqualTo(2);
        assertThat(error.get("kind").textValue()).isEqualTo("usage");
    }

    @Test
    void aResultThatNobodyCouldReadIsAFailure() {
        var full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("no space left on device");
            }
        };

        assertThat(Main.run(full, OutputStream.nullOutputStream(), Map.of(), "--help"))
                .isEqualTo(1);
    }

    @Test
    void keysAreNeverOverwritten() {
        var keys = folder.resolve("keys").toString();
        var first = Invocation.of("keys", "generate", keys, "--target", "office");
        var second = Invocation.of("keys", "generate", keys);

        assertThat(first.code()).isZero();
        assertThat(first.text()).isEqualTo(keys + "\n");
        assertThat(second.code()).isEqualTo(Kind.USAGE.exitCode());
    }

    @Test
    void aTargetsNameIsNoPath() {
        for (var name : List.of(".", "..", "a/b", "A")) {
            var keys = folder.resolve("keys").toString();

            assertThat(Invocation.of("keys", "generate", keys, "--target", name).code())
                    .as(name)
                    .isEqualTo(Kind.USAGE.exitCode());
        }
    }

    @Test
    void everyCommandHasAHelpText() {
        for (var command : commands(new CommandLine(new ClusterBackup(), console()), new ArrayList<>())) {
            var args = new ArrayList<>(command);
            args.add("--help");
            var run = Invocation.of(args.toArray(String[]::new));

            assertThat(run.code()).as("%s", args).isZero();
            assertThat(run.text()).as("%s", args).contains("Usage: clusterbackup " + String.join(" ", command));
        }
    }

    @Test
    void noOptionTakesASecret() {
        for (var line : lines(new CommandLine(new ClusterBackup(), console()), new ArrayList<>())) {
            for (var option : line.getCommandSpec().options()) {
                assertThat(option.longestName()).doesNotContainPattern("(password|passphrase|secret)(?!-file$)");
            }
        }
    }

    private static Commands console() {
        return new Commands(new Console(OutputStream.nullOutputStream(), OutputStream.nullOutputStream(), Map.of()));
    }

    private static List<List<String>> commands(CommandLine line, List<String> path) {
        var all = new ArrayList<List<String>>();
        for (var sub : line.getSubcommands().entrySet()) {
            var below = new ArrayList<>(path);
            below.add(sub.getKey());
            all.add(below);
            all.addAll(commands(sub.getValue(), below));
        }
        return all;
    }

    private static List<CommandLine> lines(CommandLine line, List<CommandLine> all) {
        all.add(line);
        line.getSubcommands().values().forEach(sub -> lines(sub, all));
        return all;
    }
}
