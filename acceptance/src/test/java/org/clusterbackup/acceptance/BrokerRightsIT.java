package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.store.testing.FreePorts;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Services with the users of overlay {@code production} do their work at a broker that asks each for its rights. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokerRightsIT {
    private static final String ADMIN = "admin";
    private static final String NODE = "node-a";
    private static final String TARGET = "vault";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final int port = FreePorts.next();
    private final List<Path> logs = new ArrayList<>();
    private Path folder;
    private List<JsonNode> users;
    private Tool tool;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        users = Manifests.madeUp("production", folder.resolve("production"))
                .ofKind("KafkaUser")
                .toList();
        startBroker();
        tool = new Tool(folder.resolve("keys"), folder, Map.of());
        tool.command("keys", "generate", folder.resolve("keys").toString(), "--target", TARGET)
                .run()
                .good();
        tool.command("init", "-r", staging()).run().good();
        tool.command("init", "-r", target(), "--name", TARGET, "--same-as", staging())
                .run()
                .good();
    }

    @AfterAll
    void stop() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @Test
    void aRunIsAskedForMadeAndEnteredByUsersThatMayNothingElse() throws IOException {
        // Given a node with something to back up
        var host = folder.resolve("host");
        Files.createDirectories(host.resolve("etc/glusterfs"));
        Files.createDirectories(host.resolve("var/lib/glusterd"));
        Files.writeString(
                host.resolve("var/lib/glusterd/glusterd.info"), "UUID=aff7a378-0a1d-45ca-96fb-397b42eac69b\n");
        Files.writeString(host.resolve("etc/glusterfs/glusterd.vol"), "options\n");
        var page = service(
                "scheduler",
                Map.of(
                        "CLUSTERBACKUP_TARGETS",
                        TARGET,
                        "CLUSTERBACKUP_RUNS_SETTLE",
                        "PT1S",
                        "CLUSTERBACKUP_KEYS_ALLOWED_SIGNERS",
                        folder + "/keys/allowed_signers"));
        service(
                "brick-agent",
                Map.of(
                        "CLUSTERBACKUP_NODE",
                        NODE,
                        "CLUSTERBACKUP_HOST_ROOT",
                        host.toString(),
                        "CLUSTERBACKUP_SCRATCH",
                        folder + "/scratch"));
        service("shipper", Map.of("CLUSTERBACKUP_TARGET_NAME", TARGET, "CLUSTERBACKUP_TARGET_URL", target()));
        await("the source is announced").atMost(PATIENCE).until(() -> status(page)
                .contains("host/" + NODE));

        // When a person asks, and something that is no request comes, too
        for (var record : List.of("{}", "no request")) {
            kcat("operator", password("operator"))
                    .reading(Files.writeString(folder.resolve("record"), record))
                    .run()
                    .good();
        }

        // Then it is done, what is no request is put aside, and nobody was turned away
        await("a recovery point").atMost(PATIENCE).until(() -> {
            var status = status(page);
            return status.contains("\"state\":\"complete\"") && status.contains("\"rejected\":1");
        });
        // Groups are asked for on a timer of their own, which a quick run is ahead of.
        await("what the group owes").atMost(PATIENCE).until(() -> status(page)
                .contains("\"group\":\"brick-agent-" + NODE + "\""));
        for (var log : logs) {
            assertThat(Files.readString(log))
                    .doesNotContainIgnoringCase("not authorized")
                    .doesNotContain("AuthorizationException");
        }
    }

    @Test
    void whoHasNoPasswordAndWhoHasNoRightStartsNoRun() throws IOException {
        var record = Files.writeString(folder.resolve("record"), "{}");
        requireRefused(kcat("operator", "wrong").reading(record), "authentication fail");
        requireRefused(kcat("shipper", password("shipper")).reading(record), "authorization failed");
    }

    private static void requireRefused(Command kcat, String why) {
        var refused = kcat.run();
        assertThat(refused.exit()).as("%s", refused).isNotZero();
        assertThat(refused.err()).containsIgnoringCase(why);
    }

    // ------------------------------------------------------------------ a broker, as the operator would make it

    /** What publishes a request in that user's name. */
    private Command kcat(String user, String password) {
        return Command.of(
                "kcat",
                "-P",
                "-b",
                broker(),
                "-t",
                "backup-requested",
                "-X",
                "security.protocol=SASL_PLAINTEXT",
                "-X",
                "sasl.mechanism=PLAIN",
                "-X",
                "sasl.username=" + user,
                "-X",
                "sasl.password=" + password,
                "-X",
                "message.timeout.ms=10000");
    }

    private String broker() {
        return "127.0.0.1:" + port;
    }

    private static String password(String user) {
        return "of-" + user;
    }

    private Stream<String> names() {
        return users.stream().map(Manifests::nameOf);
    }

    private void startBroker() throws Exception {
        var accounts = Stream.concat(names(), Stream.of(ADMIN))
                .map(name -> "user_" + name + "=\"" + password(name) + "\"")
                .collect(Collectors.joining(" "));
        // Its own name of the listener stays; passwords are plain here, which changes no right. ANONYMOUS is the
        // controller.
        var settings = Files.writeString(folder.resolve("broker.properties"), """
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_PLAINTEXT
                inter.broker.listener.name=PLAINTEXT
                sasl.mechanism.inter.broker.protocol=PLAIN
                sasl.enabled.mechanisms=PLAIN
                listener.name.plaintext.plain.sasl.jaas.config=%s username="admin" password="%s" %s;
                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                super.users=User:ANONYMOUS;User:admin
                """.formatted(
                        "org.apache.kafka.common.security.plain.PlainLoginModule required", password(ADMIN), accounts));
        component(
                        "kafka",
                        List.of(Checkout.script("start-kafka.sh"), folder + "/kafka", "" + port, settings.toString()),
                        Map.of(),
                        port)
                .start();
        try (var admin = Admin.create(client(ADMIN))) {
            admin.createTopics(Topics.ALL.stream()
                            .map(topic ->
                                    new NewTopic(topic.name(), topic.partitions(), (short) 1).configs(topic.settings()))
                            .toList())
                    .all()
                    .get();
            admin.createAcls(users.stream().flatMap(BrokerRightsIT::rights).toList())
                    .all()
                    .get();
        }
    }

    private static Map<String, Object> settings(String user) {
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + user + "\" password=\""
                        + password(user) + "\";");
    }

    private Map<String, Object> client(String user) {
        var all = new HashMap<>(settings(user));
        all.put("bootstrap.servers", broker());
        return all;
    }

    /** As Strimzi's `simple` authorization has them. */
    private static Stream<AclBinding> rights(JsonNode user) {
        return Workload.stream(user.at("/spec/authorization/acls")).flatMap(rule -> {
            var resource = rule.path("resource");
            var pattern = resource.path("type").asText().equals("cluster")
                    ? new ResourcePattern(ResourceType.CLUSTER, Resource.CLUSTER_NAME, PatternType.LITERAL)
                    : new ResourcePattern(
                            ResourceType.fromString(resource.path("type").asText()),
                            resource.path("name").asText(),
                            resource.path("patternType").asText().equals("prefix")
                                    ? PatternType.PREFIXED
                                    : PatternType.LITERAL);
            return Workload.stream(rule.path("operations"))
                    .map(operation -> new AclBinding(
                            pattern,
                            new AccessControlEntry(
                                    "User:" + Manifests.nameOf(user),
                                    "*",
                                    AclOperation.fromString(operation.asText()),
                                    AclPermissionType.ALLOW)));
        });
    }

    // ------------------------------------------------------------------ services

    private String staging() {
        return folder.resolve("staging").toString();
    }

    private String target() {
        return folder.resolve("target").toString();
    }

    /** Its port. */
    private int service(String module, Map<String, String> own) {
        var http = FreePorts.next();
        var keys = folder.resolve("keys");
        var environment = new HashMap<>(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS",
                broker(),
                "QUARKUS_HTTP_PORT",
                "" + http,
                "QUARKUS_HTTP_HOST",
                "127.0.0.1",
                "CLUSTERBACKUP_STAGING_URL",
                staging(),
                "CLUSTERBACKUP_KEYS_ALLOWED_SIGNERS",
                keys + "/allowed_signers",
                "CLUSTERBACKUP_KEYS_RECIPIENTS",
                keys + "/recipients.txt",
                "CLUSTERBACKUP_KEYS_CHUNKING_KEY",
                keys + "/chunking-key",
                "CLUSTERBACKUP_KEYS_SIGNING_KEY",
                keys + "/signing/" + (module.equals("shipper") ? "shipper-" + TARGET : module)));
        settings(module)
                .forEach((name, value) ->
                        environment.put("KAFKA_" + name.toUpperCase(Locale.ROOT).replace('.', '_'), value.toString()));
        environment.putAll(own);
        component(
                        module,
                        List.of(
                                Checkout.JAVA.toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "-jar",
                                Checkout.service(module)),
                        environment,
                        http)
                .start();
        return http;
    }

    private Component component(String name, List<String> command, Map<String, String> environment, int answers) {
        var log = folder.resolve(name + ".log");
        if (!name.equals("kafka")) {
            logs.add(log);
        }
        var component = new Component(name, command, environment, log, () -> Ports.answers(answers));
        open.push(component);
        return component;
    }

    private static String status(int port) {
        return Command.of("curl", "-s", "http://127.0.0.1:" + port + "/api/status")
                .run()
                .out();
    }
}
