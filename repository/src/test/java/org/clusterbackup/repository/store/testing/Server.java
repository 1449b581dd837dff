package org.clusterbackup.repository.store.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process that listens on a port of loopback; it can be killed and started again, and dies with the tests. */
public abstract class Server implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    private final Path log;
    private final int port;
    private @Nullable Process process;

    protected Server(Path log, int port) {
        this.log = log;
        this.port = port;
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
    }

    public final int port() {
        return port;
    }

    protected abstract List<String> command();

    protected Map<String, String> environment() {
        return Map.of();
    }

    /** Whether it answers, beyond accepting connections. */
    protected boolean isReady() throws IOException {
        return true;
    }

    /** Returns when the server listens. */
    public final void start() throws IOException, InterruptedException {
        var started = launch();
        var end = Instant.now().plus(START);
        while (!listens() || !isReady()) {
            if (!started.isAlive() || Instant.now().isAfter(end)) {
                kill();
                throw new IOException("did not start: " + command() + "\n" + Files.readString(log));
            }
            Thread.sleep(50);
        }
    }

    /** Not before a {@link #kill} in another thread has ended. */
    private synchronized Process launch() throws IOException {
        var builder = new ProcessBuilder(command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment());
        var started = builder.start();
        process = started;
        return started;
    }

    /** {@code kill -9} of the server and of everything that it started; returns when they are gone. */
    public final synchronized void kill() {
        var killed = process;
        if (killed == null) {
            return;
        }
        var all = killed.descendants().toList();
        killed.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        try {
            killed.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process = null;
    }

    /** {@code kill -9} of what serves the present connections; the server goes on listening. Not every server forks. */
    public final synchronized void killSessions() {
        var server = process;
        if (server != null) {
            server.descendants().forEach(ProcessHandle::destroyForcibly);
        }
    }

    @Override
    public void close() {
        kill();
    }

    private boolean listens() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
