package org.clusterbackup.acceptance;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/** A long-running process of the lab: started, killed and started again with the same configuration. */
final class Component implements AutoCloseable {
    private static final Duration TO_START = Duration.ofMinutes(3);
    private static final Duration TO_END = Duration.ofSeconds(15);

    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private final BooleanSupplier ready;
    private Optional<ProcessHandle> process = Optional.empty();

    /**
     * @param log output is appended to it
     * @param ready whether it answers
     */
    Component(String name, List<String> command, Map<String, String> environment, Path log, BooleanSupplier ready) {
        this.name = name;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.log = log;
        this.ready = ready;
    }

    /** Starts it and waits until it answers. */
    Component start() {
        begin();
        awaitReady();
        return this;
    }

    void awaitReady() {
        await(name + " answers (see " + log + ")").atMost(TO_START).until(() -> {
            if (!running()) {
                throw new AssertionError(name + " ended at its start:\n" + Files.readString(log));
            }
            return ready.getAsBoolean();
        });
    }

    /** Starts it without waiting. */
    void begin() {
        if (running()) {
            throw new IllegalStateException(name + " runs already");
        }
        process = Optional.of(Containers.imageOf(name)
                .map(image -> Containers.run(image, command, environment, log))
                .orElseGet(this::launch));
    }

    private ProcessHandle launch() {
        var builder = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            return builder.start().toHandle();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean running() {
        return process.filter(ProcessHandle::isAlive).isPresent();
    }

    long pid() {
        return process.orElseThrow().pid();
    }

    /** Its children, and theirs. */
    List<ProcessHandle> children() {
        return process.stream().flatMap(ProcessHandle::descendants).toList();
    }

    /** {@code kill -9}, to it alone; its children notice by themselves. */
    void kill() {
        var children = children();
        process.ifPresent(ProcessHandle::destroyForcibly);
        gone(Stream.concat(process.stream(), children.stream()).toList());
    }

    /** {@code kill -9}, to it and to all that it started, such as an SSH server's sessions. */
    void killAll() {
        var all = Stream.concat(process.stream(), children().stream()).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        gone(all);
    }

    /** Ends it as an operator would, and kills what does not end. */
    void stop() {
        var all = Stream.concat(process.stream(), children().stream()).toList();
        process.ifPresent(ProcessHandle::destroy);
        gone(all);
    }

    private static void gone(List<ProcessHandle> processes) {
        try {
            await().atMost(TO_END).pollInterval(Duration.ofMillis(20)).until(() -> processes.stream()
                    .noneMatch(ProcessHandle::isAlive));
        } catch (ConditionTimeoutException e) {
            processes.forEach(ProcessHandle::destroyForcibly);
        }
    }

    void restart() {
        kill();
        start();
    }

    String name() {
        return name;
    }

    Path log() {
        return log;
    }

    @Override
    public void close() {
        stop();
    }
}
