package org.clusterbackup.brickagent;

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
import org.awaitility.Awaitility;
import org.clusterbackup.repository.crypto.KeysDirectory;

/** The packaged agent as a process of its own. */
final class AgentProcess implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofMinutes(2);

    private final List<String> command;
    private final Path log;
    private final int port;
    private Process process;

    AgentProcess(
            Path folder, Path hostRoot, Path staging, KeysDirectory keys, String broker, int port, List<String> more)
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
                "-Dclusterbackup.node=node-a",
                "-Dclusterbackup.host-root=" + hostRoot,
                "-Dclusterbackup.staging.url=" + staging,
                "-Dclusterbackup.scratch=" + folder.resolve("scratch"),
                "-Dclusterbackup.host-state.paths=/var/lib/glusterd",
                "-Dclusterbackup.announce.look=PT1S",
                "-Dclusterbackup.retry.first=PT1S",
                "-Dclusterbackup.keys.allowed-signers=" + keys.allowedSigners(),
                "-Dclusterbackup.keys.recipients=" + keys.recipients(),
                "-Dclusterbackup.keys.chunking-key=" + keys.chunkingKey(),
                "-Dclusterbackup.keys.signing-key=" + keys.signingKey("brick-agent")));
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

    void awaitReady() {
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
    long peakMemory() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    void restart() throws IOException {
        process = run();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        kill();
    }
}
