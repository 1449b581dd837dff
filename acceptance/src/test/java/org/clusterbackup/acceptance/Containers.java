package org.clusterbackup.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.utility.DockerImageName;

/**
 * Runs a component in a container where an engine is there and the system property
 * {@code clusterbackup.image.<component>} names an image that has the component's programs. The command and the paths are
 * those of a process: the container has the machine's network, and the folders that the command uses.
 */
final class Containers {
    private Containers() {}

    /** {@code clusterbackup.image.kafka}, {@code .s3}, {@code .sshd}: what follows a dash in the name is the instance. */
    static Optional<String> imageOf(String component) {
        return Optional.ofNullable(
                        System.getProperty("clusterbackup.image." + component.split("-")[0]))
                .filter(image ->
                        !image.isEmpty() && DockerClientFactory.instance().isDockerAvailable());
    }

    /** The container's first process, as the machine sees it; the engine removes the container when it has ended. */
    @SuppressWarnings("resource") // ends with the process
    static ProcessHandle run(String image, List<String> command, Map<String, String> environment, Path log) {
        var container = new GenericContainer<>(DockerImageName.parse(image))
                .withNetworkMode("host")
                .withEnv(environment)
                .withCommand(command.toArray(String[]::new))
                .withCreateContainerCmdModifier(create -> create.getHostConfig().withAutoRemove(true))
                .withLogConsumer(frame -> append(log, frame));
        for (var folder :
                List.of(Checkout.ROOT.toString(), System.getProperty("user.home"), "/var/tmp", "/usr/lib/jvm")) {
            container.withFileSystemBind(folder, folder, BindMode.READ_WRITE);
        }
        container.start();
        var state = container.getContainerInfo().getState();
        return ProcessHandle.of(state.getPidLong()).orElseThrow();
    }

    static void append(Path log, OutputFrame frame) {
        try {
            Files.write(
                    log,
                    frame.getBytes() == null ? new byte[0] : frame.getBytes(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
