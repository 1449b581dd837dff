package org.clusterbackup.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The two streams of a command: results go to stdout and nothing else does; remarks, warnings, progress and errors go to
 * stderr. A result that could not be written is a failure. Safe for use by many threads.
 */
final class Console {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream out;
    private final Writer err;
    private final Map<String, String> environment;
    private final Findings findings = new Findings();
    private OutputOptions options = new OutputOptions();
    private @Nullable IOException outFailure;
    private boolean progressShown;

    Console(OutputStream out, OutputStream err, Map<String, String> environment) {
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
        this.err = new OutputStreamWriter(err, StandardCharsets.UTF_8);
        this.environment = Map.copyOf(environment);
    }

    void use(OutputOptions chosen) {
        options = chosen;
    }

    Map<String, String> environment() {
        return environment;
    }

    Findings findings() {
        return findings;
    }

    boolean json() {
        return options.form == OutputOptions.Form.JSON;
    }

    /** Whether stderr is a terminal; the launcher looks, since Java cannot. */
    boolean terminal() {
        return Boolean.getBoolean("clusterbackup.terminal");
    }

    /** Stdout for a stream of bytes; {@link #finish} writes out what is buffered. */
    OutputStream stdout() {
        return out;
    }

    /** A line of a result in the table form. */
    void line(String text) throws BackupException {
        try {
            out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw closed(e);
        }
    }

    /** The result in the JSON form: one document. */
    void json(JsonNode result) throws BackupException {
        try {
            line(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }

    /** Something worth knowing that is neither a result nor wrong. */
    void remark(String text) {
        if (!options.quiet) {
            error(text);
        }
    }

    /** Something that did not go as it should, without ending the command: it decides the exit code. */
    void warn(Kind kind, String text) {
        findings.add(kind);
        error("clusterbackup: " + (kind == Kind.WARNINGS ? "warning: " : "") + text);
    }

    /** The line of a progress bar; it stays until something else is said. */
    synchronized void progress(String text, boolean last) {
        if (options.quiet) {
            return;
        }
        write("\r" + text + "\u001b[K" + (last ? "\n" : ""));
        progressShown = !last;
    }

    synchronized void error(String text) {
        write((progressShown ? "\r\u001b[K" : "") + text + "\n");
        progressShown = false;
    }

    private void write(String text) {
        try {
            err.write(text);
            err.flush();
        } catch (IOException e) {
            // Nobody reads stderr: there is no one left to tell. The exit code still says how it ended.
            findings.add(Kind.WARNINGS);
        }
    }

    /** One failure, in the form that was asked for. */
    void failure(Kind kind, String message, @Nullable String hint) {
        if (json()) {
            var node = JSON.createObjectNode();
            describe(node.putObject("error"), kind, message, hint);
            error(node.toString());
            return;
        }
        error("clusterbackup: " + message);
        if (hint != null) {
            error("hint: " + hint);
        }
    }

    private static void describe(ObjectNode node, Kind kind, String message, @Nullable String hint) {
        node.put("kind", kind.text()).put("exitCode", kind.exitCode()).put("message", message);
        if (hint != null) {
            node.put("hint", hint);
        }
    }

    /** Writes out what is buffered. A success whose result nobody could read is none. */
    int finish(int code) {
        try {
            out.flush();
            err.flush();
        } catch (IOException e) {
            outFailure = e;
        }
        if (outFailure != null && code == 0) {
            failure(Kind.FAILED, "the result could not be written to stdout: " + outFailure.getMessage(), null);
            return Kind.FAILED.exitCode();
        }
        return code;
    }

    private BackupException closed(IOException cause) {
        outFailure = cause;
        return new BackupException(
                Kind.FAILED, "the result could not be written to stdout: " + cause.getMessage(), cause);
    }

    /** For picocli's help and version texts, which are results. */
    PrintWriter outWriter() {
        return new PrintWriter(new OutputStreamWriter(new Remembering(), StandardCharsets.UTF_8), true);
    }

    PrintWriter errWriter() {
        return new PrintWriter(err, true);
    }

    /** A PrintWriter forgets its failures. */
    private final class Remembering extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                outFailure = e;
                throw e;
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                outFailure = e;
                throw e;
            }
        }
    }
}
