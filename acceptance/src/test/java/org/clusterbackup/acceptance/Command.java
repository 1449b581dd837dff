package org.clusterbackup.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that is run to its end. */
record Command(List<String> words, Map<String, String> environment, Path input, Duration atMost) {
    private static final Path NOTHING = Path.of("/dev/null");

    /** How it ended, and what it wrote. */
    record Result(String command, int exit, String out, String err) {
        /** @throws AssertionError unless the exit code is 0 */
        Result good() {
            if (exit != 0) {
                throw new AssertionError(this);
            }
            return this;
        }

        @Override
        public String toString() {
            return "exit " + exit + " of " + command + "\n" + out + err;
        }
    }

    static Command of(String... words) {
        return new Command(List.of(words), Map.of(), NOTHING, Duration.ofMinutes(2));
    }

    static Command shell(String script, Object... arguments) {
        var words = new ArrayList<>(List.of("sh", "-euc", script, "sh"));
        for (var argument : arguments) {
            words.add(argument.toString());
        }
        return new Command(List.copyOf(words), Map.of(), NOTHING, Duration.ofMinutes(2));
    }

    Command with(Map<String, String> more) {
        return new Command(words, more, input, atMost);
    }

    Command reading(Path file) {
        return new Command(words, environment, file, atMost);
    }

    /** Runs it; its standard output is that of the result. */
    Result run() {
        try {
            var out = Files.createTempFile("out", null);
            try {
                return run(out, true);
            } finally {
                Files.delete(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs it with its standard output in a file. */
    Result runInto(Path out) {
        try {
            return run(out, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Result run(Path out, boolean show) throws IOException {
        var err = Files.createTempFile("err", null);
        var builder = new ProcessBuilder(words)
                .redirectInput(input.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        var process = builder.start();
        try {
            if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("not done after " + atMost + ": " + words + "\n" + text(err));
            }
            return new Result(String.join(" ", words), process.exitValue(), show ? text(out) : "", text(err));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Files.delete(err);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }
}
