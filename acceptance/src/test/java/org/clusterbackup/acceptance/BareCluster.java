package org.clusterbackup.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * An API server without controllers: what they would say of an object, a test says.
 *
 * @param folder for what is handed to kubectl
 */
record BareCluster(ControlPlane plane, Path folder) {
    private static final ObjectMapper JSON = new JsonMapper();

    String namespaces() {
        return plane.kubectl("get", "namespace", "-o", "name").run().good().out();
    }

    List<JsonNode> objects() throws IOException {
        var listed = plane.kubectl(
                        "get",
                        "deployments,statefulsets,daemonsets,jobs,configmaps,secrets",
                        "-A",
                        "--show-managed-fields",
                        "-o",
                        "json")
                .run()
                .good();
        var objects = new ArrayList<JsonNode>();
        JSON.readTree(listed.out()).path("items").forEach(objects::add);
        return objects;
    }

    /** The data of the ConfigMap or Secret of that name, whatever hash follows it. */
    static JsonNode data(List<JsonNode> objects, String name) {
        return objects.stream()
                .filter(object -> Manifests.nameOf(object).matches(name + "-[a-z0-9]{10}"))
                .map(object -> object.path("data"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name));
    }

    static String decoded(JsonNode value) {
        return new String(Base64.getDecoder().decode(value.asText()), StandardCharsets.UTF_8);
    }

    /** As its controller would say it. */
    void makeReady(JsonNode object) {
        var status =
                switch (object.path("kind").asText()) {
                    case "Deployment", "StatefulSet" ->
                        "\"replicas\": 1, \"readyReplicas\": 1, \"updatedReplicas\": 1, \"availableReplicas\": 1";
                    case "DaemonSet" ->
                        "\"desiredNumberScheduled\": 1, \"currentNumberScheduled\": 1, \"numberMisscheduled\": 0, \"numberReady\": 1, \"updatedNumberScheduled\": 1";
                    case "Job" -> "\"succeeded\": 1";
                    default -> "";
                };
        if (!status.isEmpty()) {
            var kind = object.path("kind").asText();
            var generation = kind.equals("Job")
                    ? ""
                    : ", \"observedGeneration\": "
                            + object.at("/metadata/generation").asInt();
            patch(
                    kind,
                    object.at("/metadata/namespace").asText(),
                    Manifests.nameOf(object),
                    "{\"status\": {" + status + generation + "}}");
        }
    }

    void patch(String kind, String namespace, String name, String patch) {
        plane.kubectl("-n", namespace, "patch", kind, name, "--subresource=status", "--type=merge", "-p", patch)
                .run()
                .good();
    }

    void create(String object) throws IOException {
        var file = Files.writeString(Files.createTempFile(folder, "object", ".json"), object);
        plane.kubectl("create", "-f", file.toString()).run().good();
    }
}
