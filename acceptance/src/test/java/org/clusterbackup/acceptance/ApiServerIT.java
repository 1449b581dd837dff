package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real API server takes what kustomize makes, knows each field of it, and lets its pods in. */
class ApiServerIT {
    private static final ObjectMapper JSON = new JsonMapper();

    private static Path folder;

    private static final Deque<Component> OPEN = new ArrayDeque<>();
    private static ControlPlane plane;

    @BeforeAll
    static void start(@TempDir Path temporary) throws IOException {
        folder = temporary;
        var logs = Files.createDirectories(Path.of("target", "lab", "manifests").toAbsolutePath());
        plane = ControlPlane.start(folder.resolve("control-plane"), (name, command, port) -> {
            var component =
                    new Component(name, command, Map.of(), logs.resolve(name + ".log"), () -> Ports.answers(port));
            OPEN.push(component);
            component.start();
        });
    }

    @AfterAll
    static void stop() {
        OPEN.forEach(Component::close);
    }

    static Stream<String> overlays() {
        return Manifests.overlays().stream();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void anOverlayIsAppliedAndAppliedAgainWithoutAChange(String overlay) throws IOException {
        // Given
        var manifests = Manifests.madeUp(overlay, folder.resolve(overlay));
        define(manifests);
        // An overlay before this one had another volume.
        plane.kubectl("delete", "statefulset", "--all", "--all-namespaces")
                .run()
                .good();
        var where = manifests.folder().toString();

        // When
        var first =
                plane.kubectl("apply", "--validate=strict", "-k", where).run().good();
        var second =
                plane.kubectl("apply", "--validate=strict", "-k", where).run().good();

        // Then each object is there; pod security and validation found nothing to warn of
        assertThat(first.out().lines()).hasSize(manifests.objects().size());
        assertThat(first.err()).doesNotContain("Warning");
        assertThat(second.out().lines()).allMatch(line -> line.endsWith(" unchanged"));

        // And the namespaces let the pods in
        var pods = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "List");
        manifests.workloads().forEach(workload -> pods.withArrayProperty("items")
                .add(workload.asPod()));
        var file = Files.writeString(folder.resolve("pods.json"), pods.toString());
        var created = plane.kubectl("create", "--dry-run=server", "-f", file.toString())
                .run()
                .good();
        assertThat(created.out().lines()).hasSize(manifests.workloads().size());
    }

    @Test
    void anOverlayIsAppliedWithWhatPrometheusNeeds() throws IOException {
        var manifests = Manifests.madeUp("try", folder.resolve("watched")).with("monitoring");

        var applied = plane.kubectl(
                        "apply", "--validate=strict", "-k", manifests.folder().toString())
                .run()
                .good();

        assertThat(applied.out())
                .contains("networkpolicy.networking.k8s.io/metrics", "configmap/monitoring-dashboards");
        assertThat(applied.err()).doesNotContain("Warning");
    }

    /** Kinds that an operator brings, as far as an API server has to know them. */
    private static void define(Manifests manifests) throws IOException {
        var all = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "List");
        manifests.objects().stream()
                .filter(object -> object.path("apiVersion").asText().equals("kafka.strimzi.io/v1"))
                .map(object -> object.path("kind").asText())
                .distinct()
                .forEach(kind -> all.withArrayProperty("items").add(definition(kind)));
        if (all.has("items")) {
            var file = Files.writeString(folder.resolve("kinds.json"), all.toString());
            plane.kubectl("apply", "-f", file.toString()).run().good();
            plane.kubectl("wait", "--for=condition=Established", "--timeout=30s", "-f", file.toString())
                    .run()
                    .good();
        }
    }

    private static ObjectNode definition(String kind) {
        var plural = kind.toLowerCase(Locale.ROOT) + "s";
        var definition = JSON.createObjectNode()
                .put("apiVersion", "apiextensions.k8s.io/v1")
                .put("kind", "CustomResourceDefinition");
        definition.putObject("metadata").put("name", plural + ".kafka.strimzi.io");
        var spec = definition.putObject("spec").put("group", "kafka.strimzi.io").put("scope", "Namespaced");
        spec.putObject("names").put("kind", kind).put("plural", plural);
        var version = spec.putArray("versions")
                .addObject()
                .put("name", "v1")
                .put("served", true)
                .put("storage", true);
        version.putObject("schema")
                .putObject("openAPIV3Schema")
                .put("type", "object")
                .put("x-kubernetes-preserve-unknown-fields", true);
        return definition;
    }
}
