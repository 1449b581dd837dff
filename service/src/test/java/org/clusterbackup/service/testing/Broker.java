package org.clusterbackup.service.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.clusterbackup.repository.store.testing.FreePorts;
import org.clusterbackup.service.KafkaSettings;
import org.clusterbackup.service.TopicAdmin;
import org.jspecify.annotations.Nullable;

/** A KRaft broker as a process of its own on loopback, from the jars of the test's class path. */
public final class Broker implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(90);

    private final Path directory;
    private final int port = FreePorts.next();
    private final int controllerPort = FreePorts.next();
    private @Nullable Process process;

    private Broker(Path directory) {
        this.directory = directory;
    }

    /** Returns when the broker answers and every declared topic is there. */
    public static Broker start() throws Exception {
        var broker = new Broker(Files.createTempDirectory("broker"));
        broker.format();
        broker.run();
        return broker;
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public KafkaSettings settings() {
        return KafkaSettings.of(bootstrapServers());
    }

    /** SIGKILL, as a crash; records that were acknowledged are in the page cache and survive. */
    public void kill() {
        var running = process;
        if (running != null) {
            running.destroyForcibly().onExit().join();
            process = null;
        }
    }

    /** Starts the killed broker with the data that it had, on the same port. */
    public void restart() throws Exception {
        run();
    }

    /** Starts the killed broker as a new, empty Kafka on the same port. */
    public void restartEmpty() throws Exception {
        delete(directory.resolve("data"));
        format();
        run();
    }

    private void format() throws Exception {
        Files.writeString(properties(), """
                process.roles=broker,controller
                node.id=1
                controller.listener.names=CONTROLLER
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
                log.dirs=%3$s
                auto.create.topics.enable=false
                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=1
                group.initial.rebalance.delay.ms=0
                log.cleaner.enable=false
                """.formatted(port, controllerPort, directory.resolve("data")));
        var formatted = java(
                "kafka.tools.StorageTool",
                "format",
                "--config",
                properties().toString(),
                "--cluster-id",
                Uuid.randomUuid().toString());
        if (formatted.waitFor() != 0) {
            throw new IOException("storage was not formatted: " + Files.readString(log()));
        }
    }

    private void run() throws Exception {
        var started = java("kafka.Kafka", properties().toString());
        process = started;
        Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
        var end = Instant.now().plus(READY_WITHIN);
        while (!listens()) {
            if (!started.isAlive() || Instant.now().isAfter(end)) {
                throw new IOException("broker did not start: " + Files.readString(log()));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        try (var admin = new TopicAdmin(settings())) {
            admin.createMissing(1);
        }
    }

    private boolean listens() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private Process java(String... mainAndArguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(mainAndArguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private Path properties() {
        return directory.resolve("server.properties");
    }

    private Path log() {
        return directory.resolve("broker.log");
    }

    private static void delete(Path tree) throws IOException {
        try (var all = Files.walk(tree)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Override
    public void close() throws IOException {
        kill();
        delete(directory);
    }
}
