package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Overlay {@code try} on a real node, installed by the commands of its page: what a kubelet makes of the manifests, from a brick to both targets and back. */
@ExtendWith(NodeIT.Tell.class)
class NodeIT {
    private static final List<String> IMAGES =
            List.of("brick-agent", "k8s-dumper", "scheduler", "shipper", "clusterbackup", "kafka", "s3", "sshd");
    private static final List<String> ROLLED_OUT = List.of("brick-agent", "k8s-dumper", "scheduler", "shipper");
    private static final String BRICK = LoneServer.brickOf(KubeNode.NAME);
    private static final String AGENTS = "cluster-backup-nodes";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static @Nullable KubeNode started;

    @BeforeAll
    static void install() throws IOException {
        Images.build(IMAGES);
        started = KubeNode.start();
        var images = Files.createDirectories(node().checkout().resolve("target/images"));
        for (var image : IMAGES) {
            Files.createSymbolicLink(images.resolve(image + ".tar"), Images.FOLDER.resolve(image + ".tar"));
        }
        node().mountXfs("brick0");
        node().on(LoneServer.lay(node().root(), KubeNode.NAME)).run().good();
        slowDown(node().overlays().resolveSibling("base/brick-agent/daemon-set.yaml"));
        var page = Runbook.of("install.md");
        page.run("Images", block -> node().run(block, text -> text));
        page.run("Try it", block -> node().run(block, text -> text));
    }

    @AfterAll
    static void end() {
        if (started != null) {
            started.close();
        }
    }

    private static KubeNode node() {
        return Objects.requireNonNull(started);
    }

    /** So that something can happen in the middle of a dump, which takes six seconds then. */
    private static void slowDown(Path daemonSet) throws IOException {
        var line = "            - {name: CLUSTERBACKUP_SCRATCH, value: /scratch}\n";
        var text = Files.readString(daemonSet);
        assertThat(text).contains(line);
        Files.writeString(
                daemonSet,
                text.replace(
                        line,
                        line + "            - {name: CLUSTERBACKUP_BRICKS_BYTES_PER_SECOND, value: \"2500000\"}\n"));
    }

    @AfterEach
    void allIsWell() {
        awaitAgent();
    }

    @Test
    void aBrickGoesToBothTargetsAndComesBackOnAnotherMachine() throws IOException {
        // Given
        awaitComplete(request());
        try (var disk = Disk.xfs(node().checkout().resolve("restored"), 320)) {
            // When
            restoreFromVault(disk.place());

            // Then
            assertThat(LoneServer.fingerprint(disk.place()).run().good().out())
                    .isEqualTo(fingerprint(KubeNode.media("brick0")));
        }
    }

    @Test
    void aRunFinishesWhoseAgentsPodIsDeletedInTheMiddleOfADump() {
        // Given
        var run = request();
        node().awaitProgram("xfsdump");

        // When
        kubectl("-n", AGENTS, "delete", "pod", "-l", "app=brick-agent", "--wait=false");

        // Then
        awaitComplete(run);
    }

    @Test
    void aRolloutInTheMiddleOfADumpLosesNothing() throws IOException {
        // Given the same images by another name
        var images = node().overlays().resolveSibling("components/images/kustomization.yaml");
        var text = Files.readString(images);
        for (var image : ROLLED_OUT) {
            var name = "localhost/cluster-backup/" + image;
            node().on(Command.of("ctr", "-n", "k8s.io", "images", "tag", name + ":0.1.0-SNAPSHOT", name + ":next"))
                    .run()
                    .good();
            text = text.replace(name + "\n    newTag: 0.1.0-SNAPSHOT", name + "\n    newTag: next");
        }
        Files.writeString(images, text);
        var run = request();
        node().awaitProgram("xfsdump");

        // When
        kubectl("apply", "-k", node().overlays().resolve("try").toString());

        // Then
        awaitComplete(run);
        assertThat(kubectl("get", "pods", "-A", "-o", "jsonpath={.items[*].spec.containers[*].image}"))
                .contains(ROLLED_OUT.stream().map(image -> image + ":next").toList());
    }

    @Test
    void aNodeThatIsLabelledLaterDoesWhatWasAskedMeanwhile() {
        // Given a node that is no Gluster server any more
        kubectl("label", "node", KubeNode.NAME, "storagenode-");
        await("no agent").atMost(PATIENCE).until(() -> kubectl("-n", AGENTS, "get", "pods", "-o", "name")
                .isBlank());
        var run = requestByJob();

        // When
        kubectl("label", "node", KubeNode.NAME, "storagenode=glusterfs");

        // Then
        awaitComplete(run);
    }

    @Test
    @Tag("full")
    void aBrickComesBackInThePodForRestores() throws IOException {
        // Given a recovery point, the keys of whoever restores, and a file system where the new brick shall be
        awaitComplete(request());
        wayToCellar(Files.createDirectories(node().checkout().resolve("target")));
        var page = Runbook.of("restore-pod.md");

        // When
        page.run("The Pod", block -> node().run(
                        block, text -> "CLUSTERBACKUP_KEYS=deploy/overlays/try/secrets/keys\n" + names(text)));
        node().mountXfs("brick1");
        page.run("Restore", block -> node().run(block, NodeIT::names));

        // Then
        assertThat(fingerprint(KubeNode.media("brick1"))).isEqualTo(fingerprint(KubeNode.media("brick0")));
        page.run("Afterwards", block -> node().run(block, NodeIT::names));
    }

    @Test
    @Tag("full")
    void aDrillOfTheOtherOverlayProvesTheRecoveryPoint() throws IOException {
        // Given what the other cluster would have, on a smaller disk
        awaitComplete(request());
        var drill = node().overlays().resolve("drill");
        var job = drill.resolve("cron-job.yaml");
        Files.writeString(job, Files.readString(job).replace("500Gi", "50Gi"));
        Command.shell(
                        "mkdir \"$2\"; cp -r \"$1/keys\" \"$2/keys\"",
                        node().overlays().resolve("try/secrets"),
                        drill.resolve("secrets"))
                .run()
                .good();
        wayToCellar(Files.createDirectories(drill.resolve("secrets/target")));

        // When
        Runbook.of("drill.md").run("In another cluster", block -> node().run(block, text -> text));

        // Then
        var drills = "cluster-backup-drill";
        kubectl("-n", drills, "wait", "--for=condition=Complete", "job/drill-now", "--timeout=5m");
        assertThat(kubectl("-n", drills, "logs", "job/drill-now"))
                .contains(": proved in")
                .containsPattern(BRICK + " .* restored ");
    }

    /** As the pods of this cluster get to the SSH target: {@code target.options} of the pages, and what they name. */
    private static void wayToCellar(Path folder) throws IOException {
        Files.writeString(
                folder.resolve("options"),
                "-r\nsftp://backup@ssh-cellar.cluster-backup.svc:2222/data/cellar\n--ssh-identity\n/target/identity\n--ssh-known-hosts\n/target/known_hosts\n");
        for (var file : List.of("identity", "known_hosts")) {
            Files.copy(node().overlays().resolve("try/secrets/ssh").resolve(file), folder.resolve(file));
        }
    }

    /** Of this node instead of those of the page. */
    private static String names(String commands) {
        return commands.replace("brick/global/5/node3", BRICK)
                .replace("node3", KubeNode.NAME)
                .replace("registry.example.org/cluster-backup/clusterbackup", "localhost/cluster-backup/clusterbackup");
    }

    // ------------------------------------------------------------------ what an operator does

    private static String kubectl(String... words) {
        return node().kubectl(words).run().good().out();
    }

    /** The name of a new run. */
    private static String request() {
        var answer = node().forwarded(
                        "scheduler", 8080, port -> Runbook.of("install.md").run("A run now", block -> node().run(
                                        block, text -> text.replace("localhost:8080", "localhost:" + port))));
        return runOf(answer);
    }

    /** The same, from within the cluster. */
    private static String requestByJob() {
        var created = Runbook.of("triggering.md").run("By a Job", block -> node().run(block, text -> text));
        var job = created.strip().replaceFirst(" created$", "");
        kubectl("-n", "cluster-backup", "wait", "--for=condition=Complete", job, "--timeout=2m");
        return runOf(kubectl("-n", "cluster-backup", "logs", job));
    }

    private static String runOf(String answer) {
        try {
            return new JsonMapper().readTree(answer).path("run").asText();
        } catch (IOException e) {
            throw new AssertionError(answer, e);
        }
    }

    /** Waits until both targets have all of the run. */
    private static void awaitComplete(String run) {
        await(run + " is complete at both targets").atMost(PATIENCE).until(() -> {
            for (var one : node().raw("/api/v1/namespaces/cluster-backup/services/scheduler:8080/proxy/api/status")
                    .path("runs")) {
                if (one.path("run").asText().equals(run)) {
                    var targets = one.path("targets");
                    return targets.size() == 2
                            && targets.get(0).path("state").asText().equals("complete")
                            && targets.get(1).path("state").asText().equals("complete");
                }
            }
            return false;
        });
    }

    private static void awaitAgent() {
        kubectl("-n", AGENTS, "rollout", "status", "daemonset/brick-agent", "--timeout=5m");
    }

    /** With the command line of a person's own machine, which reads all that is there. */
    private static void restoreFromVault(Path place) throws IOException {
        var tool = Tool.ofTrial(node().overlays().resolve("try/secrets"));
        node().forwarded("s3-vault", 7070, port -> {
            var url = "s3:http://127.0.0.1:" + port + "/vault";
            tool.command("verify", "--read-data", "-r", url).run().good();
            return tool.command("restore", "brick", BRICK + "@latest", "--to", place.toString(), "-r", url)
                    .run()
                    .good();
        });
    }

    private static String fingerprint(Path place) {
        return node().on(LoneServer.fingerprint(place)).run().good().out();
    }

    /** A test that fails says what the pods said. */
    static final class Tell implements TestExecutionExceptionHandler {
        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
            System.out.println(node().told());
            throw failure;
        }
    }
}
