package org.clusterbackup.kubernetes.restore;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import org.clusterbackup.kubernetes.api.ResourceType;

/** What is not brought back because the cluster makes it, or because it is over. */
final class MadeByCluster {
    private static final Set<String> RESOURCES = Set.of(
            "nodes",
            "csinodes.storage.k8s.io",
            "csistoragecapacities.storage.k8s.io",
            "volumeattachments.storage.k8s.io",
            "certificatesigningrequests.certificates.k8s.io",
            "ipaddresses.networking.k8s.io",
            "events",
            "events.events.k8s.io",
            "leases.coordination.k8s.io",
            "componentstatuses");

    /** Whose objects are many, short-lived and named by chance when a controller makes them. */
    private static final Set<String> CONTROLLED = Set.of("pods", "endpointslices.discovery.k8s.io");

    private MadeByCluster() {}

    /** Whether all objects of the resource are. */
    static boolean all(ResourceType type) {
        return RESOURCES.contains(type.name());
    }

    /** Why this object is; empty if it is to come back. */
    static Optional<String> reason(ResourceType type, JsonNode object) {
        var meta = object.path("metadata");
        var labels = meta.path("labels");
        if (meta.has("deletionTimestamp")) {
            return Optional.of("it was being deleted");
        }
        if (CONTROLLED.contains(type.name()) && isControlled(meta)) {
            return Optional.of("its controller makes it");
        }
        return switch (type.name()) {
            case "pods" -> pod(object);
            case "jobs.batch" -> isOver(object) ? Optional.of("it has finished") : Optional.empty();
            case "endpoints" ->
                labels.has("endpoints.kubernetes.io/managed-by") || isOfApiServer(meta)
                        ? Optional.of("a controller makes it")
                        : Optional.empty();
            case "services", "endpointslices.discovery.k8s.io" ->
                isOfApiServer(meta) ? Optional.of("the API server makes it") : Optional.empty();
            case "apiservices.apiregistration.k8s.io" ->
                labels.has("kube-aggregator.kubernetes.io/automanaged")
                        ? Optional.of("the API server makes it")
                        : Optional.empty();
            case "configmaps" ->
                meta.path("name").asText().equals("kube-root-ca.crt")
                        ? Optional.of("a controller makes it, with the CA of this cluster")
                        : Optional.empty();
            case "secrets" ->
                object.path("type").asText().equals("bootstrap.kubernetes.io/token")
                        ? Optional.of("a bootstrap token is for once")
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<String> pod(JsonNode object) {
        var phase = object.path("status").path("phase").asText();
        if (phase.equals("Succeeded") || phase.equals("Failed")) {
            return Optional.of("it has finished");
        }
        return object.path("metadata").path("annotations").has("kubernetes.io/config.mirror")
                ? Optional.of("its node makes it")
                : Optional.empty();
    }

    private static boolean isOfApiServer(JsonNode meta) {
        return meta.path("namespace").asText().equals("default")
                && meta.path("name").asText().equals("kubernetes");
    }

    private static boolean isControlled(JsonNode meta) {
        for (var owner : meta.path("ownerReferences")) {
            if (owner.path("controller").asBoolean()) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOver(JsonNode job) {
        for (var condition : job.path("status").path("conditions")) {
            var type = condition.path("type").asText();
            if ((type.equals("Complete") || type.equals("Failed"))
                    && condition.path("status").asText().equals("True")) {
                return true;
            }
        }
        return false;
    }
}
