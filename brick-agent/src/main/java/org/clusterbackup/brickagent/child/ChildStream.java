package org.clusterbackup.brickagent.child;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.clusterbackup.brickagent.linux.Pipes;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running program and what it writes: standard output counted, standard error handed on line by line. The stream is
 * read by one thread; {@link #cancel} and {@link #bytes} may be called by any. Should this process die, the program
 * dies of its broken pipe.
 */
public final class ChildStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChildStream.class);

    /** The kernel's default limit for a process without CAP_SYS_RESOURCE. */
    private static final int PIPE_BYTES = 1 << 20;

    private static final Duration END_OF_PROGRAM = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final CountingStream stdout;
    private final InputStream paced;
    private final Thread stderr;
    private volatile boolean cancelled;

    private ChildStream(String name, Process process, Gentleness gentleness, Consumer<String> stderrLine) {
        this.name = name;
        this.process = process;
        this.stdout = new CountingStream(process.getInputStream());
        this.paced =
                gentleness.bytesPerSecond() == 0 ? stdout : new PacedInputStream(stdout, gentleness.bytesPerSecond());
        this.stderr = Thread.ofVirtual().name(name + "-stderr").start(() -> readLines(stderrLine));
    }

    /**
     * Starts {@code command} with an empty standard input and messages in English.
     *
     * @param stderrLine is called by a thread of its own
     * @throws BackupException FAILED if the program cannot be started
     */
    public static ChildStream start(List<String> command, Gentleness gentleness, Consumer<String> stderrLine)
            throws BackupException {
        var name = command.getFirst();
        try {
            var builder = new ProcessBuilder(gentleness.applyTo(command))
                    .redirectInput(Path.of("/dev/null").toFile());
            builder.environment().put("LC_ALL", "C");
            var process = builder.start();
            enlargePipe(name, process);
            return new ChildStream(name, process, gentleness, stderrLine);
        } catch (IOException e) {
            throw new BackupException(Kind.FAILED, name + " cannot be started: " + e.getMessage(), e)
                    .withHint("install it where the agent runs (the agent's image has it)");
        }
    }

    private static void enlargePipe(String name, Process process) {
        try {
            Pipes.enlargeStdout(process.pid(), PIPE_BYTES);
        } catch (IOException e) {
            // Slower, and right all the same; a program that has already ended says so by itself.
            LOG.debug("pipe stays small program={} reason={}", name, e.getMessage());
        }
    }

    private void readLines(Consumer<String> each) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                each.accept(line);
            }
        } catch (IOException e) {
            LOG.debug("stderr ended program={} reason={}", name, e.getMessage());
        }
    }

    public InputStream stream() {
        return paced;
    }

    /** Bytes that the program has written and somebody has read. */
    public long bytes() {
        return stdout.bytes.get();
    }

    /** The last {@value CountingStream#TAIL_BYTES} bytes read, fewer if there were fewer. */
    public byte[] tail() {
        return stdout.tail();
    }

    public long pid() {
        return process.pid();
    }

    /**
     * Waits for the program's end, which its end of output announces.
     *
     * @return its exit code; 128 + N if signal N ended it
     * @throws BackupException SOURCE_INCOMPLETE if the output was not read to its end, the program does not end, or
     *     {@link #cancel} ended it
     */
    public int exitCode() throws BackupException {
        if (cancelled) {
            throw new BackupException(Kind.SOURCE_INCOMPLETE, name + " was cancelled");
        }
        if (!stdout.ended) {
            throw new BackupException(Kind.SOURCE_INCOMPLETE, name + " was not read to its end");
        }
        try {
            if (!process.waitFor(END_OF_PROGRAM.toSeconds(), TimeUnit.SECONDS)) {
                throw new BackupException(Kind.SOURCE_INCOMPLETE, name + " closed its output but does not end");
            }
            if (!stderr.join(END_OF_PROGRAM)) {
                throw new BackupException(Kind.SOURCE_INCOMPLETE, name + " ended but its messages do not");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.SOURCE_INCOMPLETE, "interrupted while " + name + " ended", e);
        }
    }

    /** Ends the program soon; whoever reads the stream sees its end, and {@link #exitCode} then fails. Returns at once. */
    public void cancel() {
        cancelled = true;
        // Not Process.destroy(), which also closes the stream under its reader.
        process.toHandle().destroy();
        process.onExit().orTimeout(GRACE.toSeconds(), TimeUnit.SECONDS).exceptionally(timeout -> {
            process.toHandle().destroyForcibly();
            return process;
        });
    }

    /** After this the program is gone. */
    @Override
    public void close() {
        if (process.isAlive()) {
            cancel();
        }
        try {
            process.getInputStream().close();
            if (!process.waitFor(GRACE.toSeconds() + 1, TimeUnit.SECONDS)) {
                LOG.warn("program does not end after a kill program={} pid={}", name, process.pid());
            }
        } catch (IOException e) {
            LOG.debug("output was not closed program={} reason={}", name, e.getMessage());
        } catch (InterruptedException e) {
            process.toHandle().destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static final class CountingStream extends FilterInputStream {
        static final int TAIL_BYTES = 1024;

        private final byte[] tail = new byte[TAIL_BYTES];
        private final AtomicLong bytes = new AtomicLong();
        private volatile boolean ended;

        CountingStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            var n = in.read(into, offset, length);
            if (n < 0) {
                ended = true;
            } else {
                remember(into, offset, n);
                bytes.addAndGet(n);
            }
            return n;
        }

        private void remember(byte[] from, int offset, int n) {
            var kept = Math.max(0, TAIL_BYTES - n);
            System.arraycopy(tail, TAIL_BYTES - kept, tail, 0, kept);
            System.arraycopy(from, offset + n - (TAIL_BYTES - kept), tail, kept, TAIL_BYTES - kept);
        }

        byte[] tail() {
            return tail.clone();
        }
    }
}
