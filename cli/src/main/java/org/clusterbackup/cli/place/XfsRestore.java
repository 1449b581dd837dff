package org.clusterbackup.cli.place;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * A running xfsrestore that is fed through {@link #stdin}. Its exit code and its SUCCESS prove nothing, so whoever feeds it
 * proves the bytes beforehand, and {@link #finish} looks at what it said. Closing it without finishing kills it.
 */
public final class XfsRestore implements AutoCloseable {
    private static final Pattern PROBLEM = Pattern.compile("WARNING|ERROR|end of recorded data");
    private static final int KEPT_PROBLEMS = 20;

    /** Java can give a program only arguments that its own locale has characters for; names may be any bytes. */
    private static final String SOME = """
            place=$1; shift
            for path; do
              path=$(printf %b. "$path")
              set -- "$@" -s "${path%.}"
              shift
            done
            exec xfsrestore -F -J "$@" - "$place"
            """;

    private final Process process;
    private final Thread listener;
    private final List<String> problems = new ArrayList<>();
    private long problemCount;

    private XfsRestore(Process process) {
        this.process = process;
        this.listener = Thread.ofVirtual().start(this::listen);
    }

    /** @throws BackupException {@code TARGET_UNFIT} if there is no xfsrestore */
    public static XfsRestore into(Path mountPoint) throws BackupException {
        return start(List.of("xfsrestore", "-F", "-J", "-", mountPoint.toString()));
    }

    /**
     * Restores some paths only, with all that is below them; one that the dump does not have fails the whole.
     *
     * @param mountPoint of an XFS: into anything else xfsrestore drops attributes and ACLs without a word
     * @param paths relative to the root of the dumped file system; each character is a byte
     */
    public static XfsRestore some(Path mountPoint, List<String> paths) throws BackupException {
        var command = new ArrayList<>(List.of("sh", "-c", SOME, "sh", mountPoint.toString()));
        paths.forEach(path -> command.add(octal(path)));
        return start(command);
    }

    private static String octal(String path) {
        var text = new StringBuilder();
        path.chars().forEach(value -> text.append(String.format("\\0%03o", value)));
        return text.toString();
    }

    private static XfsRestore start(List<String> command) throws BackupException {
        try {
            var builder = new ProcessBuilder(command);
            builder.environment().put("LC_ALL", "C");
            builder.redirectErrorStream(true);
            return new XfsRestore(builder.start());
        } catch (IOException e) {
            throw new BackupException(Kind.TARGET_UNFIT, "cannot run xfsrestore: " + e.getMessage(), e)
                    .withHint("install xfsdump");
        }
    }

    private void listen() {
        try (var lines = new BufferedReader(process.inputReader(StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                note(line);
            }
        } catch (IOException e) {
            note("WARNING: its messages could not be read: " + e.getMessage());
        }
    }

    private synchronized void note(String line) {
        if (PROBLEM.matcher(line).find()) {
            problemCount++;
            if (problems.size() < KEPT_PROBLEMS) {
                problems.add(line.replaceFirst("^xfsrestore: ", ""));
            }
        }
    }

    /** Where the dump goes in; xfsrestore may end before it has read everything, then writing fails. */
    public OutputStream stdin() {
        return process.getOutputStream();
    }

    /**
     * Waits for its end after {@link #stdin} was closed.
     *
     * @throws BackupException {@code TARGET_UNFIT} if it failed or warned: then files are missing
     */
    public void finish() throws BackupException, InterruptedException {
        var code = process.waitFor();
        listener.join();
        if (code != 0 || problemCount() > 0) {
            throw failure(code);
        }
    }

    /** Why xfsrestore stopped reading. */
    public BackupException endedEarly(IOException writing) throws InterruptedException {
        if (!process.waitFor(Duration.ofSeconds(10))) {
            return new BackupException(Kind.FAILED, "cannot write to xfsrestore: " + writing.getMessage(), writing);
        }
        listener.join();
        return failure(process.exitValue());
    }

    private synchronized long problemCount() {
        return problemCount;
    }

    private synchronized BackupException failure(int code) {
        var text = problems.isEmpty() ? "" : ": " + String.join("; ", problems);
        var more = problemCount > problems.size() ? " and " + (problemCount - problems.size()) + " more" : "";
        return new BackupException(
                        Kind.TARGET_UNFIT,
                        "xfsrestore did not restore everything (exit code " + code + ")" + text + more)
                .withHint("is the file system full? a new one at least as large as the old one is needed");
    }

    /** After this xfsrestore is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
