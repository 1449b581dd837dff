package org.clusterbackup.acceptance;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.clusterbackup.repository.store.testing.FreePorts;

/** A Kubernetes of one real node, {@link #NAME}, that is its own Gluster server, and the checkout that an operator has. */
final class KubeNode implements AutoCloseable {
    static final String NAME = "node-a";

    private static final ObjectMapper JSON = new JsonMapper();
    private static final Duration AT_MOST = Duration.ofMinutes(10);

    private final Path folder;
    private final Path logs;
    private final Component component;
    private final Thread atExit = new Thread(this::release);

    private KubeNode(Path folder, Path logs) {
        this.folder = folder;
        this.logs = logs;
        this.component = new Component(
                "node",
                List.of(Checkout.script("start-node.sh"), state().toString(), NAME),
                Map.of(),
                logs.resolve("node.log"),
                () -> Files.exists(state().resolve("ready")));
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    static KubeNode start() throws IOException {
        var logs = Files.createDirectories(Path.of("target", "lab", "node").toAbsolutePath());
        var node = new KubeNode(Files.createTempDirectory(Path.of("/var/tmp"), "cluster-backup-node-"), logs);
        try {
            node.component.start();
        } catch (RuntimeException | Error e) {
            try (node) {
                throw e;
            }
        }
        Manifests.copy(node.checkout().resolve("deploy"));
        return node;
    }

    private Path state() {
        return folder.resolve("node");
    }

    /** Where an operator's commands are run. */
    Path checkout() {
        return folder.resolve("checkout");
    }

    Path overlays() {
        return checkout().resolve("deploy/overlays");
    }

    /** The node's root, as far as it has folders of its own. */
    Path root() {
        return state().resolve("root");
    }

    /** A program that runs on the node. */
    Command on(Command command) {
        var words = new ArrayList<>(List.of(state().resolve("in-node").toString()));
        words.addAll(command.words());
        return new Command(words, command.environment(), command.input(), AT_MOST);
    }

    /** A new XFS, mounted on the node at {@code /media/NAME}. */
    Path mountXfs(String name) {
        on(Command.shell(
                        "truncate -s 320M \"$1.img\"; mkfs.xfs -q \"$1.img\"; mkdir -p \"$2\"; mount -o loop \"$1.img\" \"$2\"",
                        folder.resolve(name),
                        media(name)))
                .run()
                .good();
        return media(name);
    }

    static Path media(String name) {
        return Path.of("/media", name);
    }

    Command kubectl(String... words) {
        var all = new ArrayList<>(List.of(ControlPlane.kubectlProgram().toString()));
        all.addAll(List.of(words));
        return operator(all);
    }

    private Command operator(List<String> words) {
        return new Command(
                words,
                Map.of(
                        "KUBECONFIG",
                        state().resolve("admin.kubeconfig").toString(),
                        "PATH",
                        Checkout.TOOL.getParent() + ":"
                                + ControlPlane.kubectlProgram().getParent() + ":" + System.getenv("PATH"),
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "NODE",
                        NAME),
                Path.of("/dev/null"),
                AT_MOST);
    }

    /** A block of a page: on the node where it says so, otherwise in the checkout. */
    String run(Runbook.Block block, Function<String, String> names) {
        var script = Command.shell("cd \"$1\"; eval \"$2\"", checkout(), names.apply(block.commands()));
        var command = block.server().isEmpty() ? operator(script.words()) : on(script);
        System.out.println(command.words().getLast());
        return command.run().good().out();
    }

    /** The API server's answer for an object or a service behind it. */
    JsonNode raw(String path) {
        var result = kubectl("get", "--raw", path).run();
        try {
            return result.exit() == 0 ? JSON.readTree(result.out()) : JSON.missingNode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** While {@code body} runs, what the service has at its port is at one of this machine's. */
    <T> T forwarded(String service, int port, Function<Integer, T> body) {
        var local = FreePorts.next();
        var command = kubectl("-n", "cluster-backup", "port-forward", "service/" + service, local + ":" + port);
        try (var _ = new Component(
                        "port-forward",
                        command.words(),
                        command.environment(),
                        logs.resolve("port-forward.log"),
                        () -> Ports.answers(local))
                .start()) {
            return body.apply(local);
        }
    }

    /** Whether a program of that name runs on the node, in whatever container. */
    boolean runs(String program) {
        return on(Command.of("pgrep", "-x", program)).run().exit() == 0;
    }

    void awaitProgram(String program) {
        await(program + " runs")
                .atMost(AT_MOST)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> runs(program));
    }

    /** What pods are there, and what those that are ours said last. */
    String told() {
        return Command.shell("""
                        "$@" get pods --all-namespaces -o wide
                        "$@" get events --all-namespaces --field-selector type=Warning --sort-by=.lastTimestamp | tail -n 20
                        for namespace in cluster-backup cluster-backup-nodes; do
                          for pod in $("$@" -n $namespace get pods -o name); do
                            echo "---- $pod"
                            "$@" -n $namespace logs --all-containers --tail=15 "$pod" || :
                          done
                        done
                        """, ControlPlane.kubectlProgram(), "--kubeconfig=" + state().resolve("admin.kubeconfig"))
                .run()
                .out();
    }

    private synchronized void release() {
        component.stop();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).run();
    }

    @Override
    public void close() {
        release();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
