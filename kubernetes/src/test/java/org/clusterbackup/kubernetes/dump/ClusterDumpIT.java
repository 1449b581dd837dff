package org.clusterbackup.kubernetes.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.clusterbackup.etcd.Access;
import org.clusterbackup.etcd.Endpoint;
import org.clusterbackup.etcd.KubernetesStore;
import org.clusterbackup.etcd.Member;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.api.Discovery;
import org.clusterbackup.kubernetes.api.Json;
import org.clusterbackup.kubernetes.api.ResourceFilter;
import org.clusterbackup.kubernetes.api.ResourceType;
import org.clusterbackup.kubernetes.archive.ObjectArchive;
import org.clusterbackup.kubernetes.archive.StoredObject;
import org.clusterbackup.kubernetes.testing.KubeApi;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Dumps of a real API server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterDumpIT {
    private static final int MANY = 2000;
    private static final int LARGE = 12;
    /** Roles may have any name but {@code .} and {@code ..}, without a slash and a percent sign. */
    private static final String EVERY = IntStream.rangeClosed(1, 0x7f)
                    .filter(c -> c != '/' && c != '%')
                    .mapToObj(Character::toString)
                    .collect(Collectors.joining())
            + "Ü€😀.";

    private final Path folder;
    private final KubeApi kube;
    private final ApiServer client;

    ClusterDumpIT(@TempDir Path folder) throws Exception {
        this.folder = folder;
        kube = KubeApi.start(folder.resolve("kube"));
        client = kube.client();
    }

    @BeforeAll
    void fill() throws Exception {
        namespace("many");
        try (var threads = Executors.newFixedThreadPool(8)) {
            var made = new ArrayList<Future<?>>();
            for (var i = 0; i < MANY; i++) {
                var name = "c%04d".formatted(i);
                made.add(threads.submit(() -> {
                    configMap("many", name, "{\"n\":\"" + name + "\"}");
                    return name;
                }));
            }
            for (var one : made) {
                one.get();
            }
        }
        namespace("large");
        for (var i = 0; i < LARGE; i++) {
            configMap("large", "l" + i, "{\"v\":\"" + large(i) + "\"}");
        }
        role(EVERY);
        role("x".repeat(250) + "a");
        role("x".repeat(250) + "b");
        kube.apply(client, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.org", """
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.example.org"},
                 "spec":{"group":"example.org","scope":"Namespaced","names":{"plural":"widgets","singular":"widget","kind":"Widget"},
                  "versions":[{"name":"v1alpha1","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object",
                     "x-kubernetes-preserve-unknown-fields":true}}},
                   {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object",
                     "x-kubernetes-preserve-unknown-fields":true}}}]}}
                """);
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> kube.get(client, "/apis/example.org/v1/widgets")
                .ok());
        kube.apply(client, "/apis/example.org/v1/namespaces/many/widgets/w", """
                {"apiVersion":"example.org/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"size":1.50,"big":1234567890123456789}}
                """);
        kube.apply(client, "/apis/apiregistration.k8s.io/v1/apiservices/v1.down.example.org", """
                {"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"name":"v1.down.example.org"},
                 "spec":{"group":"down.example.org","version":"v1","groupPriorityMinimum":100,"versionPriority":100,
                  "insecureSkipTLSVerify":true,"service":{"name":"nobody","namespace":"many"}}}
                """);
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> new String(
                        kube.get(client, "/apis").body(), StandardCharsets.UTF_8)
                .contains("down.example.org"));
    }

    /** Near the most that an API server takes. */
    private static String large(int number) {
        return String.valueOf((char) ('a' + number)).repeat(1_000_000);
    }

    @AfterAll
    void goDown() {
        client.close();
        kube.close();
    }

    private void namespace(String name) throws BackupException {
        kube.apply(
                client,
                "/api/v1/namespaces/" + name,
                "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + name + "\"}}");
    }

    private void configMap(String namespace, String name, String data) throws BackupException {
        kube.apply(
                client,
                "/api/v1/namespaces/" + namespace + "/configmaps/" + name,
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"},\"data\":"
                        + data + "}");
    }

    private void role(String name) throws BackupException {
        var type = new ResourceType("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false);
        var object = Json.MAPPER.createObjectNode();
        object.put("apiVersion", type.apiVersion()).put("kind", type.kind());
        object.putObject("metadata").put("name", name);
        kube.create(client, type.path(), object);
    }

    private DumpOptions options() {
        return new DumpOptions(
                new ResourceFilter(List.of(), ResourceFilter.PASSING),
                Duration.ofSeconds(30),
                folder.resolve("scratch"));
    }

    private Path dump(ApiServer server, DumpOptions options, String name) throws BackupException, IOException {
        var file = folder.resolve(name + ".tar");
        try (var dump = ClusterDump.start(server, options)) {
            Files.copy(dump.stream(), file, StandardCopyOption.REPLACE_EXISTING);
            dump.requireComplete();
            assertThat(dump.warnings()).singleElement().asString().contains("down.example.org/v1");
        }
        return file;
    }

    @Test
    void everyObjectIsThereAsTheServerHasIt() throws Exception {
        var file = dump(client, options(), "all");

        try (var archive = ObjectArchive.open(file)) {
            for (var type : Discovery.read(client, Duration.ofSeconds(1)).listable()) {
                if (options().filter().takes(type)) {
                    var there =
                            kube.get(client, type.path() + "?limit=5000").json().path("items");
                    assertThat(archive.objects().stream()
                                    .filter(object -> object.type().equals(type)))
                            .as(type.name())
                            .extracting(StoredObject::uid)
                            .containsExactlyElementsOf(uids(there));
                }
            }
            assertThat(archive.objects())
                    .noneMatch(object -> object.type().resource().equals("leases"));
            var widget = only(archive, "widgets.example.org", "w");
            assertThat(widget.type().version()).isEqualTo("v1");
            assertThat(archive.read(widget).path("spec")).hasToString("{\"big\":1234567890123456789,\"size\":1.5}");
            assertThat(archive.read(only(archive, "clusterroles.rbac.authorization.k8s.io", EVERY))
                            .path("kind")
                            .asText())
                    .isEqualTo("ClusterRole");
            assertThat(archive.read(only(archive, "configmaps", "l7"))
                            .at("/data/v")
                            .asText())
                    .isEqualTo(large(7));
            assertThat(archive.index().path("omitted").get(0).path("name").asText())
                    .isEqualTo("down.example.org/v1");
        }
    }

    private static List<String> uids(JsonNode items) {
        var uids = new ArrayList<String>();
        items.forEach(item -> uids.add(item.path("metadata").path("uid").asText()));
        return uids;
    }

    private static StoredObject only(ObjectArchive archive, String type, String name) {
        return archive.objects().stream()
                .filter(object ->
                        object.type().name().equals(type) && object.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theStoreBehindItTellsItsClusterAndHowSecretsAreEncrypted() throws Exception {
        kube.apply(
                client,
                "/api/v1/namespaces/large/secrets/s",
                "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"},\"data\":{\"k\":\"cGxhaW4=\"}}");
        var secrets = new DumpOptions(
                new ResourceFilter(List.of("secrets"), List.of()), Duration.ofSeconds(30), folder.resolve("scratch"));
        var file = dump(client, secrets, "store");

        try (var member = Member.open(Endpoint.parse(kube.store()), Access.NONE);
                var archive = ObjectArchive.open(file)) {
            var store = KubernetesStore.read(member).orElseThrow();
            assertThat(store.clusterUid())
                    .contains(archive.index().path("clusterUid").asText());
            assertThat(store.encryption()).containsExactly("aescbc");
            assertThat(member.keys().revision())
                    .isGreaterThanOrEqualTo(archive.index()
                            .path("resources")
                            .get(0)
                            .path("resourceVersion")
                            .asLong());
            assertThat(archive.read(only(archive, "secrets", "s")).at("/data/k").asText())
                    .isEqualTo("cGxhaW4=");
        }
    }

    @Test
    void gnuTarUnpacksIt() throws Exception {
        var file = dump(client, options(), "unpacked");
        var to = Files.createDirectories(folder.resolve("unpacked"));

        var tar = new ProcessBuilder("tar", "-xf", file.toString(), "-C", to.toString())
                .redirectErrorStream(true)
                .start();
        var said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(tar.waitFor()).as(said).isZero();
        assertThat(said).isEmpty();
        assertThat(to.resolve("namespaces/many/core/v1/configmaps/c0000.json"))
                .content()
                .contains("\"n\" : \"c0000\"");
    }

    @Test
    void ofAnUnchangedClusterOnlyTheIndexDiffers() throws Exception {
        var first = Files.readAllBytes(dump(client, options(), "first"));
        var second = Files.readAllBytes(dump(client, options(), "second"));

        var same = Arrays.mismatch(first, second);
        assertThat(second).hasSameSizeAs(first);
        assertThat(same < 0 ? first.length : same).isGreaterThan(first.length - 64_000);
    }

    @Test
    void goesOnWhenTheServerIsStartedAnewInMidList() throws Exception {
        try (var dump = ClusterDump.start(client, options())) {
            var file = folder.resolve("restarted.tar");
            try (var out = Files.newOutputStream(file)) {
                out.write(dump.stream().readNBytes(200_000));
                kube.kill();
                kube.start();
                dump.stream().transferTo(out);
            }
            dump.requireComplete();
            try (var archive = ObjectArchive.open(file)) {
                assertThat(archive.objects())
                        .filteredOn(object -> object.namespace().equals("many"))
                        .hasSizeGreaterThan(MANY);
            }
        }
    }

    @Test
    void withoutTheRightToListSecretsItFailsAndNamesThem() throws Exception {
        grantAllBut("secrets");
        try (var limited = ApiServer.connect(Optional.of(kube.kubeconfigOf("limited")), Optional.empty())) {
            assertThat(Rights.lacking(limited, options()).essential())
                    .extracting(ResourceType::name)
                    .containsExactly("secrets");
            try (var dump = ClusterDump.start(limited, options())) {
                dump.stream().transferTo(OutputStream.nullOutputStream());
                assertThatThrownBy(dump::requireComplete)
                        .isInstanceOfSatisfying(BackupException.class, e -> {
                            assertThat(e.kind()).isEqualTo(Kind.NOT_PERMITTED);
                            assertThat(e.hint().orElseThrow()).contains("exclude secrets");
                        })
                        .hasMessageContaining("cannot list secrets");
            }
            var without = new ArrayList<>(ResourceFilter.PASSING);
            without.add("secrets");
            var file = dump(
                    limited,
                    new DumpOptions(
                            new ResourceFilter(List.of(), without), Duration.ofSeconds(30), folder.resolve("scratch")),
                    "limited");
            try (var archive = ObjectArchive.open(file)) {
                assertThat(archive.objects())
                        .noneMatch(object -> object.type().resource().equals("secrets"));
            }
        }
    }

    @Test
    void withoutTheRightToListACustomResourceItLeavesItOutAndNamesIt() throws Exception {
        grantAllBut("widgets.example.org");
        var wanted = new DumpOptions(
                new ResourceFilter(List.of("widgets.example.org", "secrets"), List.of()),
                Duration.ofSeconds(30),
                folder.resolve("scratch"));
        try (var limited = ApiServer.connect(Optional.of(kube.kubeconfigOf("limited")), Optional.empty());
                var dump = ClusterDump.start(limited, wanted)) {
            assertThat(Rights.lacking(limited, wanted))
                    .returns(List.of(), Rights::essential)
                    .extracting(Rights::other)
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .extracting(Object::toString)
                    .containsExactly("widgets.example.org");

            dump.stream().transferTo(OutputStream.nullOutputStream());
            dump.requireComplete();

            assertThat(dump.warnings()).anySatisfy(warning -> assertThat(warning)
                    .contains("not in this backup: widgets.example.org")
                    .contains("forbidden"));
        }
    }

    /**
     * RBAC can only grant: so all resources but one are named. In effect when it returns.
     *
     * @param resource {@code secrets} or {@code widgets.example.org}
     */
    private void grantAllBut(String resource) throws BackupException {
        var plural = resource.replaceFirst("\\..*", "");
        var rules = Json.MAPPER.createArrayNode();
        for (var type : Discovery.read(client, Duration.ofSeconds(1)).listable()) {
            if (!type.name().equals(resource)) {
                var rule = rules.addObject();
                rule.putArray("apiGroups").add(type.group());
                rule.putArray("resources").add(type.resource());
                rule.putArray("verbs").add("get").add("list");
            }
        }
        kube.apply(
                client,
                "/apis/rbac.authorization.k8s.io/v1/clusterroles/limited",
                "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRole\",\"metadata\":{\"name\":\"limited\"},\"rules\":"
                        + rules + "}");
        kube.apply(client, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/limited", """
                {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"limited"},
                 "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"limited"},
                 "subjects":[{"kind":"User","name":"limited","apiGroup":"rbac.authorization.k8s.io"}]}
                """);
        try (var limited = ApiServer.connect(Optional.of(kube.kubeconfigOf("limited")), Optional.empty())) {
            for (var path : List.of("/api/v1/secrets", "/apis/example.org/v1/widgets")) {
                Awaitility.await()
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> kube.get(limited, path + "?limit=1").ok() != path.endsWith("/" + plural));
            }
        }
    }
}
