package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What the documents and the help texts tell people to type is understood. */
class DocumentedCommandsTest {
    /** A command of a code block, alone or in a pipeline. */
    private static final Pattern COMMAND = Pattern.compile("(?:^|[|(] ?)clusterbackup ([^|&#>();]*)");

    private static final Pattern WORD = Pattern.compile("'([^']*)'|([^ ']+)");

    private static final Path STATUS_PAGE = Path.of("../scheduler/src/main/resources/templates/status.html");

    private static final Pattern STATUS_PAGE_COMMAND = Pattern.compile("<code>(clusterbackup [^<]*)</code>");

    static Stream<String> commands() throws IOException {
        var lines = new ArrayList<String>();
        for (var document : documents()) {
            Files.readAllLines(document).stream()
                    .filter(line -> line.startsWith("    ") || line.startsWith("clusterbackup "))
                    .forEach(lines::add);
        }
        STATUS_PAGE_COMMAND
                .matcher(Files.readString(STATUS_PAGE))
                .results()
                .forEach(found -> lines.add(found.group(1)));
        footers(commandLine(), lines);
        return lines.stream().map(String::strip).flatMap(line -> COMMAND.matcher(line)
                .results()
                .map(found -> found.group(1).strip()));
    }

    /** The format has no commands, but a file that begins with the program's name. */
    private static List<Path> documents() throws IOException {
        try (var docs = Files.walk(Path.of("../docs"));
                var others = Stream.of(
                        Path.of("../README.md"),
                        Path.of("../CONTRIBUTING.md"),
                        Path.of("../deploy/local/README.md"),
                        Path.of("../repository/src/main/resources/org/clusterbackup/repository/RESTORE.md"))) {
            return Stream.concat(docs, others)
                    .filter(file -> file.toString().endsWith(".md") && !file.endsWith("format.md"))
                    .toList();
        }
    }

    private static void footers(CommandLine line, List<String> lines) {
        lines.addAll(Arrays.asList(line.getCommandSpec().usageMessage().footer()));
        line.getSubcommands().values().forEach(sub -> footers(sub, lines));
    }

    private static CommandLine commandLine() {
        return Main.commandLine(
                new Console(OutputStream.nullOutputStream(), OutputStream.nullOutputStream(), Map.of()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void isUnderstood(String command) {
        var words = WORD.matcher(command)
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .filter(word -> !word.startsWith("@")) // a file of options, which its reader has
                .toArray(String[]::new);

        assertThatCode(() -> commandLine().parseArgs(words)).as(command).doesNotThrowAnyException();
    }

    @Test
    void theReadmeSaysHowToRestore() throws IOException {
        assertThat(commands()).anyMatch(command -> command.startsWith("restore brick -r sftp://"));
    }

    @Test
    void theStatusPageSaysHowToRestore() throws IOException {
        assertThat(commands()).contains("list -r TARGET", "restore brick SOURCE@latest -r TARGET --to DIR");
    }
}
