package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;

/** The images, with the settings of overlay {@code try}, from a brick to a target and back. */
@Tag("full")
class ImagesIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String BRICK = LoneServer.brickOf(Pods.NODE);
    private static final List<String> IMAGES =
            List.of("brick-agent", "scheduler", "shipper", "clusterbackup", "kafka", "s3", "sshd");

    private static Path folder;
    private static Manifests manifests;

    @BeforeAll
    static void build() throws IOException {
        folder = Files.createTempDirectory(Path.of("/var/tmp"), "cluster-backup-images-");
        assertThat(DockerClientFactory.instance().isDockerAvailable())
                .as("images are tried in an engine: deploy/local/start-docker.sh starts one, DOCKER_HOST names it")
                .isTrue();
        Images.build(IMAGES);
        for (var image : IMAGES) {
            load(image);
        }
        var overlay = Manifests.copy(folder.resolve("deploy")).resolve("overlays/try");
        Command.of(overlay.resolve("keys.sh").toString())
                .with(Map.of(
                        "PATH",
                        Checkout.TOOL.getParent() + ":" + System.getenv("PATH"),
                        "JAVA_HOME",
                        System.getProperty("java.home")))
                .run()
                .good();
        manifests = Manifests.rendered(overlay);
    }

    /** Unless the engine has it. */
    private static void load(String image) throws IOException {
        var archive = Images.FOLDER.resolve(image + ".tar");
        var id = Files.readString(archive.resolveSibling(image + ".id")).strip();
        var engine = DockerClientFactory.instance().client();
        if (engine.listImagesCmd().exec().stream()
                .noneMatch(known -> known.getId().equals("sha256:" + id))) {
            try (var bytes = Files.newInputStream(archive)) {
                engine.loadImageCmd(bytes).exec();
            }
        }
    }

    @AfterAll
    static void removeFolder() {
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).run();
    }

    @Test
    void aBrickGoesToTheTargetAndComesBack() throws IOException {
        var node = folder.resolve("node");
        try (var disk = Disk.xfs(node.resolve("media/brick0"), 320);
                var pods = new Pods(manifests, folder, node)) {
            // Given a Gluster server with a brick, and all that the overlay starts but what needs an API server
            LoneServer.lay(node, Pods.NODE).run().good();
            shareMounts(node.resolve("media"));
            try (var other = Disk.xfs(folder.resolve("restored"), 320)) {
                var vault = backUp(pods);

                // When a person takes it from the target alone
                var tool = tool();
                var options = List.of("-r", "s3:http://" + vault + ":7070/vault", "--retry-for", "10");
                run(tool, options, "verify", "--read-data");
                run(
                        tool,
                        options,
                        "restore",
                        "brick",
                        BRICK + "@latest",
                        "--to",
                        other.place().toString());

                // Then it is what it was
                assertThat(fingerprint(other)).isEqualTo(fingerprint(disk));
            } finally {
                Command.of("umount", "--lazy", node.resolve("media").toString()).run();
            }
        }
    }

    /** The address of the target. */
    private static String backUp(Pods pods) throws IOException {
        pods.start("StatefulSet", "kafka");
        pods.start("StatefulSet", "s3-staging");
        pods.start("StatefulSet", "ssh-cellar");
        var vault = pods.start("StatefulSet", "s3-vault");
        pods.run("Job", "init");
        var scheduler = pods.start("Deployment", "scheduler");
        awaitReady(pods.start("Deployment", "shipper-vault"));
        awaitReady(pods.start("Deployment", "shipper-cellar"));
        awaitReady(pods.start("DaemonSet", "brick-agent"));
        awaitReady(scheduler);
        await("the brick is announced").atMost(PATIENCE).until(() -> get(scheduler, "/api/status")
                .contains(BRICK));
        assertThat(post(scheduler)).isEqualTo(202);
        await("a recovery point at both targets")
                .atMost(PATIENCE)
                .until(() -> get(scheduler, "/api/status").split("\"status\":\"complete\"", -1).length == 3);
        return vault;
    }

    private static Tool tool() throws IOException {
        return Tool.ofTrial(manifests.folder().resolve("secrets"));
    }

    private static void run(Tool tool, List<String> options, String... command) {
        var words = new ArrayList<>(List.of(command));
        words.addAll(options);
        tool.command(words.toArray(String[]::new)).run().good();
    }

    // ------------------------------------------------------------------ the node

    private static String fingerprint(Disk disk) {
        return LoneServer.fingerprint(disk.place()).run().good().out();
    }

    /** As a node's root is: what is mounted there later is seen by those to whom it propagates. */
    private static void shareMounts(Path media) {
        Command.shell("mount --rbind \"$1\" \"$1\"; mount --make-rshared \"$1\"", media)
                .run()
                .good();
    }

    // ------------------------------------------------------------------ HTTP

    private static void awaitReady(String address) {
        await(address + " is ready").atMost(PATIENCE).until(() -> !get(address, "/q/health/ready")
                .isEmpty());
    }

    /** The body of a good answer. */
    private static String get(String address, String path) {
        try {
            var answer = send(request(address, path).GET());
            return answer.statusCode() == 200 ? answer.body() : "";
        } catch (IOException e) {
            // Not yet.
            return "";
        }
    }

    private static int post(String scheduler) throws IOException {
        var token = Files.readString(manifests.folder().resolve("secrets/api/token"));
        return send(request(scheduler, "/api/runs")
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{}")))
                .statusCode();
    }

    private static HttpRequest.Builder request(String address, String path) {
        return HttpRequest.newBuilder(URI.create("http://" + address + ":8080" + path))
                .timeout(Duration.ofSeconds(3));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
