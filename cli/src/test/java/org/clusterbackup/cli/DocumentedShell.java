package org.clusterbackup.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A shell for blocks of a page in which {@code clusterbackup} is this process: a Java of its own for each command would take
 * a second.
 *
 * @param folder for what is said
 * @param environment of the program, and of the shell beside its own
 */
record DocumentedShell(Path folder, Map<String, String> environment) {
    /** A command goes out as its words, each ended by a zero byte, and another zero byte; its exit code comes back as a line. */
    private static final String BRIDGE = """
        exec 3>&1 4<&0 0</dev/null 1>"$SAID/out" 2>"$SAID/err"
        clusterbackup() {
          printf '%s\\0' "$@" >&3
          printf '\\0' >&3
          read -r code <&4
          cat "$SAID/program.out"
          cat "$SAID/program.err" >&2
          return "$code"
        }
        set -eu
        """;

    /** How a block ended, and all that it said. */
    record Ended(int code, String out, String err) {}

    Ended run(String block) throws IOException {
        var builder = new ProcessBuilder("sh", "-c", BRIDGE + block);
        builder.environment().putAll(environment);
        builder.environment().put("SAID", folder.toString());
        var shell = builder.start();
        try (var asked = shell.getInputStream();
                var answers = shell.getOutputStream()) {
            var word = new ByteArrayOutputStream();
            var words = new ArrayList<String>();
            for (var read = asked.read(); read >= 0; read = asked.read()) {
                if (read != 0) {
                    word.write(read);
                } else if (word.size() > 0) {
                    words.add(word.toString(StandardCharsets.UTF_8));
                    word.reset();
                } else {
                    answers.write((run(words) + "\n").getBytes(StandardCharsets.UTF_8));
                    answers.flush();
                    words.clear();
                }
            }
            return new Ended(
                    shell.onExit().join().exitValue(),
                    Files.readString(folder.resolve("out")),
                    Files.readString(folder.resolve("err")));
        } finally {
            shell.destroyForcibly();
        }
    }

    private int run(List<String> words) throws IOException {
        var run = Invocation.in(environment, words.toArray(String[]::new));
        Files.write(folder.resolve("program.out"), run.out());
        Files.writeString(folder.resolve("program.err"), run.err());
        return run.code();
    }
}
