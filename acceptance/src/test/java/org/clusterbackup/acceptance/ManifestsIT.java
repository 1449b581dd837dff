package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clusterbackup.events.Topic;
import org.clusterbackup.events.Topics;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is applied is what somebody reviewed, and nothing in it is what must not be. */
class ManifestsIT {
    private static final Path REVIEWED = Path.of("src", "test", "resources", "manifests");
    private static final String OWN_LABELS = "app.kubernetes.io/";
    private static final Map<String, Manifests> RENDERED = new HashMap<>();

    @BeforeAll
    static void render(@TempDir Path copies) throws IOException {
        for (var overlay : Manifests.overlays()) {
            RENDERED.put(overlay, Manifests.madeUp(overlay, copies.resolve(overlay)));
        }
    }

    static Stream<String> overlays() {
        return Manifests.overlays().stream();
    }

    /** Those that back up a cluster: the others are for drills and for deleting, elsewhere. */
    static Stream<String> systems() {
        return overlays().filter(overlay -> !Set.of("drill", "prune").contains(overlay));
    }

    private static Manifests of(String overlay) {
        return Objects.requireNonNull(RENDERED.get(overlay));
    }

    /** Its property {@code clusterbackup.review=write} writes what has to be reviewed. */
    @ParameterizedTest
    @MethodSource("overlays")
    void anOverlayIsWhatWasReviewed(String overlay) throws IOException {
        var reviewed = REVIEWED.resolve(overlay + ".yaml");
        if ("write".equals(System.getProperty("clusterbackup.review"))) {
            Files.writeString(reviewed, of(overlay).text());
        }

        assertThat(of(overlay).text()).isEqualTo(Files.readString(reviewed));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void nothingIsFoundThatIsNotExcused(String overlay) {
        assertThat(ManifestChecks.findings(of(overlay).objects())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("systems")
    void onlyDaemonSetsNeedExcuses(String overlay) {
        for (var object : of(overlay).objects()) {
            var excuses = ManifestChecks.excuses(object);

            assertThat(excuses)
                    .as("%s", Manifests.nameOf(object))
                    .hasSizeLessThanOrEqualTo(object.path("kind").asText().equals("DaemonSet") ? 6 : 0)
                    .allSatisfy((_, reason) -> assertThat(reason).hasSizeGreaterThan(20));
        }
    }

    @Test
    void eachCheckFindsWhatItIsFor() throws IOException {
        var found = ManifestChecks.findings(Manifests.read(REVIEWED.resolve("bad/all.yaml"))).stream()
                .map(finding -> finding.replaceFirst(":.*", ""))
                .collect(Collectors.toSet());

        assertThat(found).containsExactlyInAnyOrderElementsOf(ManifestChecks.names());
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void labelsOfVersionsAndNamesReachNoSelector(String overlay) {
        for (var object : of(overlay).objects()) {
            for (var selector : List.of("/spec/selector", "/spec/podSelector")) {
                assertThat(object.at(selector).toString())
                        .as("%s", Manifests.nameOf(object))
                        .doesNotContain(OWN_LABELS);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void nothingBlocksDrainsOrScalesAway(String overlay) {
        assertThat(of(overlay).objects())
                .extracting(object -> object.path("kind").asText())
                .doesNotContain("PodDisruptionBudget", "HorizontalPodAutoscaler", "ScaledObject");
    }

    @ParameterizedTest
    @MethodSource("systems")
    void oneConsumerAtATimeAndOneNodeAtATime(String overlay) {
        for (var workload : of(overlay).workloads()) {
            switch (workload.kind()) {
                case "Deployment" ->
                    assertThat(workload.object().at("/spec/strategy/type").asText())
                            .as("%s", workload)
                            .isEqualTo("Recreate");
                case "DaemonSet" ->
                    assertThat(workload.object()
                                    .at("/spec/updateStrategy/rollingUpdate/maxUnavailable")
                                    .asInt())
                            .as("%s", workload)
                            .isEqualTo(1);
                default -> {
                    // no rollout
                }
            }
            assertThat(workload.pod().path("priorityClassName").asText().isEmpty())
                    .as("%s", workload)
                    .isEqualTo(workload.kind().endsWith("Job"));
        }
    }

    @ParameterizedTest
    @MethodSource("systems")
    void onlyTheDumperHasAToken(String overlay) {
        assertThat(of(overlay).workloads())
                .filteredOn(workload ->
                        workload.pod().path("automountServiceAccountToken").asBoolean(true))
                .extracting(Workload::name)
                .containsExactly("k8s-dumper");
        assertThat(of(overlay).ofKind("ServiceAccount"))
                .allMatch(
                        account -> !account.path("automountServiceAccountToken").asBoolean(true));
        assertThat(of(overlay)
                        .named("ClusterRole", "cluster-backup-k8s-dumper")
                        .at("/rules")
                        .toString())
                .isEqualTo("[{\"apiGroups\":[\"*\"],\"resources\":[\"*\"],\"verbs\":[\"get\",\"list\"]}]");
        assertThat(of(overlay).ofKind("ClusterRole")).hasSize(1);
        assertThat(of(overlay).ofKind("Role")).isEmpty();
    }

    /** With {@code allowPrivilegeEscalation: false} an API server takes one spelling only. */
    @ParameterizedTest
    @MethodSource("systems")
    void onlyBrickAgentsHaveCapabilitiesAndNoneIsSpeltWithItsPrefix(String overlay) {
        for (var workload : of(overlay).workloads()) {
            for (var container : workload.containers()) {
                var added = Workload.stream(container.at("/securityContext/capabilities/add"))
                        .map(JsonNode::asText)
                        .toList();
                assertThat(added)
                        .as("%s", workload)
                        .isEqualTo(
                                workload.kind().equals("DaemonSet")
                                        ? List.of("SYS_ADMIN", "DAC_READ_SEARCH")
                                        : List.of());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("systems")
    void hostsAreOnlyReadAndMountsBelowAreSeenWhenTheyCome(String overlay) {
        for (var workload : of(overlay).workloads()) {
            var ofHost = Workload.stream(workload.pod().path("volumes"))
                    .filter(volume -> volume.has("hostPath"))
                    .map(volume -> volume.path("name").asText())
                    .collect(Collectors.toSet());
            assertThat(ofHost.isEmpty())
                    .as("%s", workload)
                    .isEqualTo(!workload.kind().equals("DaemonSet"));
            for (var container : workload.containers()) {
                assertThat(Workload.stream(container.path("volumeMounts"))
                                .filter(mount ->
                                        ofHost.contains(mount.path("name").asText())))
                        .allMatch(mount -> mount.path("readOnly").asBoolean());
            }
        }
        assertThat(Workload.stream(new Workload(of(overlay).named("DaemonSet", "brick-agent"))
                                .container("brick-agent")
                                .path("volumeMounts"))
                        .filter(mount -> mount.path("name").asText().equals("bricks")))
                .singleElement()
                .matches(mount -> mount.path("mountPropagation").asText().equals("HostToContainer"));
    }

    @ParameterizedTest
    @MethodSource("systems")
    void bothNamespacesSayWhatTheirPodsMay(String overlay) {
        var enforced = of(overlay)
                .ofKind("Namespace")
                .collect(Collectors.toMap(Manifests::nameOf, namespace -> namespace
                        .path("metadata")
                        .path("labels")
                        .path("pod-security.kubernetes.io/enforce")
                        .asText()));

        assertThat(enforced)
                .containsKeys("cluster-backup", "cluster-backup-nodes")
                .allSatisfy((name, level) ->
                        assertThat(level).isEqualTo(name.equals("cluster-backup-nodes") ? "privileged" : "restricted"));
        assertThat(of(overlay).workloads())
                .allMatch(workload -> workload.namespace().equals("cluster-backup-nodes")
                        == workload.kind().equals("DaemonSet"));
    }

    @ParameterizedTest
    @MethodSource("systems")
    void everyPodIsDeniedWhatItsPoliciesDoNotAllow(String overlay) {
        var policies = of(overlay).ofKind("NetworkPolicy").toList();
        for (var workload : of(overlay).workloads()) {
            var namespace = workload.namespace();
            assertThat(policies)
                    .as("%s", workload)
                    .anyMatch(
                            policy -> policy.at("/metadata/namespace").asText().equals(namespace)
                                    && policy.at("/spec/podSelector").isEmpty()
                                    && policy.at("/spec/policyTypes").toString().equals("[\"Ingress\",\"Egress\"]")
                                    && policy.at("/spec/ingress").isMissingNode()
                                    && policy.at("/spec/egress").isMissingNode());
        }
        assertThat(policies)
                .filteredOn(
                        policy -> !policy.at("/spec/podSelector/matchLabels").isEmpty())
                .as("each policy is for some pods")
                .allMatch(policy -> of(overlay).workloads().stream()
                        .anyMatch(workload -> workload.matches(policy.at("/spec/podSelector/matchLabels"))));
    }

    @ParameterizedTest
    @MethodSource("systems")
    void theIdentityIsNowhereAndNoSecretIsInAConfigMap(String overlay) {
        var secrets = of(overlay)
                .ofKind("Secret")
                .flatMap(secret -> secret.path("data").properties().stream()
                        .map(entry -> new String(Manifests.value(secret, entry.getKey()), StandardCharsets.UTF_8)))
                .toList();

        assertThat(secrets).isNotEmpty().noneMatch(text -> text.contains("identity.txt"));
        assertThat(of(overlay).ofKind("ConfigMap").map(map -> map.path("data").toString()))
                .noneMatch(text -> text.contains("made up"));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void noVolumeLiesOnGluster(String overlay) {
        assertThat(of(overlay).text().toLowerCase(Locale.ROOT).lines())
                .noneMatch(line -> line.matches(".*(storageclassname|volumename|driver):.*gluster.*|\\s*glusterfs:.*"));
    }

    @ParameterizedTest
    @MethodSource("systems")
    void everySettingIsDocumented(String overlay) throws IOException {
        var documented = Pattern.compile("`(clusterbackup\\.[a-z0-9.-]+|kafka\\.[a-z.]+|AWS_[A-Z_]+)`")
                .matcher(Files.readString(Checkout.ROOT.resolve("docs/configuration.md")))
                .results()
                .map(found -> found.group(1).replaceAll("[.-]", "_").toUpperCase(Locale.ROOT))
                .collect(Collectors.toSet());
        var others = Set.of("ROOT_ACCESS_KEY", "ROOT_SECRET_KEY", "BROKER_PASSWORD");

        assertThat(variables(overlay))
                .hasSizeGreaterThan(10)
                .allMatch(name -> documented.contains(name) || others.contains(name));
    }

    private static Set<String> variables(String overlay) {
        var own = of(overlay).workloads().stream()
                .flatMap(workload -> workload.containers().stream())
                .flatMap(container -> Workload.stream(container.path("env")))
                .map(variable -> variable.path("name").asText());
        var shared = of(overlay)
                .ofKind("ConfigMap")
                .flatMap(map -> map.path("data").properties().stream())
                .map(Map.Entry::getKey)
                .filter(key -> key.matches("[A-Z_]+"));
        return Stream.concat(own, shared).collect(Collectors.toSet());
    }

    /** The objects of the operator are what `Topics` declares, in three copies. */
    @Test
    void brokersOfTheOperatorHaveEveryTopic() {
        var declared = of("production")
                .ofKind("KafkaTopic")
                .collect(Collectors.toMap(Manifests::nameOf, topic -> topic.path("spec")));

        assertThat(declared)
                .containsOnlyKeys(Topics.ALL.stream().map(Topic::name).toList());
        for (var topic : Topics.ALL) {
            var spec = Objects.requireNonNull(declared.get(topic.name()));
            assertThat(spec.path("partitions").asInt()).as("%s", topic.name()).isEqualTo(topic.partitions());
            assertThat(spec.path("replicas").asInt()).as("%s", topic.name()).isEqualTo(3);
            assertThat(spec.path("config").properties().stream()
                            .collect(Collectors.toMap(Map.Entry::getKey, setting -> setting.getValue()
                                    .asText())))
                    .as("%s", topic.name())
                    .isEqualTo(topic.settings());
        }
    }

    /** A client whose user nobody made would not come in; one with another's password neither. */
    @Test
    void everyClientOfBrokersIsAUserOfThem() {
        var users = of("production").ofKind("KafkaUser").map(Manifests::nameOf).collect(Collectors.toSet());

        var clients = of("production").workloads().stream()
                .filter(workload -> workload.labels().has("cluster-backup/kafka"))
                .toList();
        assertThat(clients).hasSizeGreaterThan(5).allSatisfy(client -> {
            var container = client.containers().getLast();
            var user = Workload.stream(container.path("env"))
                    .filter(variable -> variable.path("name").asText().equals("BROKER_PASSWORD"))
                    .map(variable -> variable.at("/valueFrom/secretKeyRef/key").asText())
                    .toList();
            assertThat(user)
                    .as("%s", client)
                    .containsExactly(container.path("name").asText());
            assertThat(users).containsAll(user);
            assertThat(container.path("env").toString()).contains("username=\\\"" + user.getFirst() + "\\\"");
        });
    }
}
