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
                .add(pod(workload)));
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

    /** A pod that the workload's controller would make. */
    private static ObjectNode pod(Workload workload) {
        var pod = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
        pod.putObject("metadata")
                .put("name", workload.name())
                .put("namespace", workload.namespace())
                .set("labels", workload.labels());
        var spec = (ObjectNode) workload.pod().deepCopy();
        pod.set("spec", spec);
        for (var claim : workload.object().at("/spec/volumeClaimTemplates")) {
            var name = Manifests.nameOf(claim);
            spec.withArrayProperty("volumes")
                    .addObject()
                    .put("name", name)
                    .putObject("persistentVolumeClaim")
                    .put("claimName", name);
        }
        return pod;
    }
}
