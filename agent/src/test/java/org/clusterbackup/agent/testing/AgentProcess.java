package org.clusterbackup.agent.testing;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.clusterbackup.repository.crypto.KeysDirectory;

/** The packaged agent of the module that is tested, as a process of its own; made when it runs, ended by {@link #close}. */
public final class AgentProcess implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofMinutes(2);

    private final List<String> command;
    private final Path log;
    private final int port;
    private Process process;

    /**
     * @param folder for its log and working files
     * @param role whose signing key it has
     * @param more {@code -D} options of its own
     */
    public AgentProcess(
            Path folder, Path staging, KeysDirectory keys, String role, String broker, int port, List<String> more)
            throws IOException {
        this.log = folder.resolve("agent.log");
        this.port = port;
        this.command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-Dkafka.bootstrap.servers=" + broker,
                "-Dclusterbackup.staging.url=" + staging,
                "-Dclusterbackup.scratch=" + folder.resolve("scratch"),
                "-Dclusterbackup.announce.look=PT1S",
                "-Dclusterbackup.retry.first=PT1S",
                "-Dclusterbackup.keys.allowed-signers=" + keys.allowedSigners(),
                "-Dclusterbackup.keys.recipients=" + keys.recipients(),
                "-Dclusterbackup.keys.chunking-key=" + keys.chunkingKey(),
                "-Dclusterbackup.keys.signing-key=" + keys.signingKey(role)));
        command.addAll(more);
        command.addAll(List.of("-jar", "target/quarkus-app/quarkus-run.jar"));
        this.process = run();
    }

    private Process run() throws IOException {
        var started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        return started;
    }

    public void awaitReady() {
        Awaitility.await(log.toString()).atMost(READY_WITHIN).until(this::isReady);
    }

    private boolean isReady() throws IOException, InterruptedException {
        if (!process.isAlive()) {
            throw new IllegalStateException("agent ended: " + Files.readString(log));
        }
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (ConnectException e) {
            return false;
        }
    }

    /** The most memory that it ever had, in MiB. */
    public long peakMemory() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    public void restart() throws IOException {
        process = run();
    }

    public String log() throws IOException {
        return Files.readString(log);
    }

    /** The values that lines of the log have in this member of their fields; a line that is an object has to be a whole one. */
    public List<String> logFields(String name) throws IOException {
        var json = JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
        var values = new ArrayList<String>();
        // The last one may still be written.
        var all = log();
        var whole = all.substring(0, all.lastIndexOf('\n') + 1);
        for (var line : whole.lines().filter(text -> text.startsWith("{")).toList()) {
            Optional.ofNullable(json.readTree(line).at("/fields/" + name).textValue())
                    .ifPresent(values::add);
        }
        return values;
    }

    @Override
    public void close() {
        kill();
    }
}
