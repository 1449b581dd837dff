package org.clusterbackup.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** An object that makes pods. */
record Workload(JsonNode object) {
    private static final Set<String> KINDS = Set.of("DaemonSet", "Deployment", "StatefulSet", "Job", "CronJob");

    static List<Workload> in(List<JsonNode> objects) {
        return objects.stream()
                .filter(object -> KINDS.contains(object.path("kind").asText()))
                .map(Workload::new)
                .toList();
    }

    String kind() {
        return object.path("kind").asText();
    }

    String name() {
        return Manifests.nameOf(object);
    }

    String namespace() {
        return object.at("/metadata/namespace").asText();
    }

    JsonNode template() {
        return kind().equals("CronJob") ? object.at("/spec/jobTemplate/spec/template") : object.at("/spec/template");
    }

    JsonNode labels() {
        return template().at("/metadata/labels");
    }

    JsonNode pod() {
        return template().path("spec");
    }

    /** Those that prepare included. */
    List<JsonNode> containers() {
        return Stream.of("initContainers", "containers")
                .flatMap(kind -> stream(pod().path(kind)))
                .toList();
    }

    JsonNode container(String name) {
        return containers().stream()
                .filter(container -> container.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** A pod that its controller would make. */
    ObjectNode asPod() {
        var pod = JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Pod");
        pod.putObject("metadata")
                .put("name", name())
                .put("namespace", namespace())
                .set("labels", labels());
        var spec = (ObjectNode) pod().deepCopy();
        pod.set("spec", spec);
        for (var claim : object.at("/spec/volumeClaimTemplates")) {
            var name = Manifests.nameOf(claim);
            spec.withArrayProperty("volumes")
                    .addObject()
                    .put("name", name)
                    .putObject("persistentVolumeClaim")
                    .put("claimName", name);
        }
        return pod;
    }

    /** Whether pods of this have all those labels. */
    boolean matches(JsonNode labels) {
        return labels.properties().stream().allMatch(label -> label.getValue().equals(labels().path(label.getKey())));
    }

    static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    @Override
    public String toString() {
        return kind() + " " + name();
    }
}
