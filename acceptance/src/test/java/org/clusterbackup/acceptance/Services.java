package org.clusterbackup.acceptance;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.clusterbackup.repository.store.testing.FreePorts;

/** The services of a lab: how each is configured and started. */
final class Services {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Lab lab;
    private final Lab.Options options;
    private final Map<String, String> credentials;
    private final List<Component> started = new ArrayList<>();
    private final List<String> scraped = new ArrayList<>();

    /** @param credentials of the S3 servers, as environment */
    Services(Lab lab, Lab.Options options, Map<String, String> credentials) {
        this.lab = lab;
        this.options = options;
        this.credentials = credentials;
    }

    /** Starts all of them, and returns when they answer. */
    void start() throws IOException {
        var targets = Files.writeString(
                lab.folder().resolve("targets.yaml"),
                "targets:\n  - name: " + Lab.FAR + "\n  - name: " + Lab.CLOUD + "\n");
        var policies = Files.writeString(
                lab.folder().resolve("policies.yaml"),
                "policies: "
                        + (options.controlPlane()
                                ? "[{name: yearly, cron: '0 3 1 1 *', catchUp: false, required: [{source: "
                                        + Lab.PROVISIONER + "}]}]"
                                : "[]"));
        service(
                "scheduler",
                160,
                Map.of(
                        "CLUSTERBACKUP_TARGETS_FILE",
                        targets.toString(),
                        "CLUSTERBACKUP_POLICIES_FILE",
                        policies.toString(),
                        "CLUSTERBACKUP_HOUSEKEEPING_CAPACITY",
                        "100G",
                        "CLUSTERBACKUP_RUNS_SETTLE",
                        "PT3S",
                        "CLUSTERBACKUP_RUNS_REPEAT_DUE",
                        "PT10S"));
        if (options.controlPlane()) {
            var plane = lab.controlPlane();
            service(
                    "etcd-agent",
                    208,
                    Map.of(
                            "CLUSTERBACKUP_ETCD_NAME",
                            "main",
                            "CLUSTERBACKUP_ETCD_ENDPOINTS",
                            plane.endpoints(),
                            "CLUSTERBACKUP_KEYS_SIGNING_KEY",
                            lab.keys() + "/signing/etcd-agent"));
            service(
                    "k8s-dumper",
                    208,
                    Map.of(
                            "CLUSTERBACKUP_KUBERNETES_NAME",
                            "main",
                            "CLUSTERBACKUP_KUBERNETES_KUBECONFIG",
                            plane.kubeconfig().toString(),
                            "CLUSTERBACKUP_KEYS_SIGNING_KEY",
                            lab.keys() + "/signing/k8s-dumper"));
        }
        for (var target : List.of(Lab.FAR, Lab.CLOUD)) {
            service("shipper-" + target, 160, shipper(target));
        }
        for (var server : lab.servers()) {
            service("brick-agent-" + server, 256, agent(server));
        }
        started.forEach(Component::awaitReady);
    }

    private Map<String, String> shipper(String target) {
        return Map.of(
                "CLUSTERBACKUP_TARGET_NAME",
                target,
                "CLUSTERBACKUP_TARGET_URL",
                lab.copy(target).url(),
                "CLUSTERBACKUP_TARGET_SSH_IDENTITY",
                lab.folder() + "/sshd/client",
                "CLUSTERBACKUP_TARGET_SSH_KNOWN_HOSTS",
                lab.folder() + "/sshd/known_hosts",
                "CLUSTERBACKUP_TARGET_UPLOAD_BYTES_PER_SECOND",
                options.slowly() ? "12000000" : "0",
                "CLUSTERBACKUP_TARGET_RETRY_FOR",
                "PT5S",
                "CLUSTERBACKUP_SHIPPING_RECONCILE_EVERY",
                "PT10S",
                "CLUSTERBACKUP_KEYS_SIGNING_KEY",
                lab.keys() + "/signing/shipper-" + target);
    }

    private Map<String, String> agent(String server) {
        return Map.of(
                "CLUSTERBACKUP_NODE",
                server,
                "CLUSTERBACKUP_BRICKS_BYTES_PER_SECOND",
                options.slowly() ? "20000000" : "0",
                "CLUSTERBACKUP_KEYS_SIGNING_KEY",
                lab.keys() + "/signing/brick-agent");
    }

    /** A service's module is its name up to the instance's. */
    private void service(String name, int megabytes, Map<String, String> own) {
        var port = FreePorts.next();
        var module = name.startsWith("shipper-") ? "shipper" : name.replaceFirst("-node[0-9]+$", "");
        var command = List.of(
                Checkout.JAVA.toString(),
                "-Xmx" + megabytes + "m",
                "-XX:+UseSerialGC",
                "-XX:PretenureSizeThreshold=1m",
                // Most of what a lab computes is the start of services: two thirds of the time without the second
                // compiler.
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                Checkout.service(module));
        var environment = new HashMap<>(credentials);
        environment.putAll(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS",
                lab.bootstrapServers(),
                "QUARKUS_HTTP_PORT",
                "" + port,
                "QUARKUS_HTTP_HOST",
                "127.0.0.1",
                "QUARKUS_LOG_CONSOLE_JSON_ENABLED",
                "false",
                "CLUSTERBACKUP_STAGING_URL",
                lab.copy("staging").url(),
                "CLUSTERBACKUP_KEYS_ALLOWED_SIGNERS",
                lab.keys() + "/allowed_signers",
                "CLUSTERBACKUP_KEYS_RECIPIENTS",
                lab.keys() + "/recipients.txt",
                "CLUSTERBACKUP_KEYS_CHUNKING_KEY",
                lab.keys() + "/chunking-key"));
        environment.putAll(own);
        var component = lab.add(new Component(
                name,
                module.equals("brick-agent")
                        ? lab.gluster().asAgent(name.substring("brick-agent-".length()), command)
                        : command,
                environment,
                lab.log(name),
                () -> isReady(port)));
        component.begin();
        started.add(component);
        scraped.add(module + "=127.0.0.1:" + port);
    }

    /** Where each has its metrics, as {@code start-prometheus.sh} wants it. */
    List<String> scraped() {
        return List.copyOf(scraped);
    }

    private static boolean isReady(int port) {
        try {
            return HTTP.send(
                                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
                                            .timeout(Duration.ofSeconds(2))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
