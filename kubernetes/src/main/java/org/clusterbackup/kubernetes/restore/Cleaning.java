package org.clusterbackup.kubernetes.restore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.clusterbackup.kubernetes.api.ResourceType;

/** Takes from an object what a server or a controller set and another cluster would refuse or misunderstand. */
final class Cleaning {
    private static final List<String> SET_BY_SERVER = List.of(
            "uid",
            "resourceVersion",
            "generation",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "selfLink",
            "managedFields");

    private static final List<String> JOB_LABELS =
            List.of("controller-uid", "batch.kubernetes.io/controller-uid", "job-name", "batch.kubernetes.io/job-name");

    private Cleaning() {}

    /** Changes {@code object}, whose status goes too. */
    static void clean(ResourceType type, ObjectNode object) {
        object.remove("status");
        common(object);
        switch (type.name()) {
            case "namespaces" -> object.remove("spec");
            case "services" -> in(object, "spec").remove("healthCheckNodePort");
            case "persistentvolumes" -> {
                in(in(object, "spec"), "claimRef").remove(List.of("uid", "resourceVersion"));
                in(in(object, "metadata"), "annotations").remove("pv.kubernetes.io/bound-by-controller");
            }
            case "persistentvolumeclaims" ->
                in(in(object, "metadata"), "annotations")
                        .remove(List.of(
                                "pv.kubernetes.io/bind-completed",
                                "pv.kubernetes.io/bound-by-controller",
                                "volume.kubernetes.io/selected-node"));
            case "pods" -> in(object, "spec").remove(List.of("nodeName"));
            case "jobs.batch" -> job(object);
            case "serviceaccounts" -> object.remove("secrets");
            case "secrets" -> {
                if (object.path("type").asText().equals("kubernetes.io/service-account-token")) {
                    object.remove("data");
                    in(in(object, "metadata"), "annotations").remove("kubernetes.io/service-account.uid");
                }
            }
            default -> {}
        }
    }

    /** What says nothing of the object itself, status apart; for comparing, too. */
    static void common(ObjectNode object) {
        in(object, "metadata").remove(SET_BY_SERVER);
    }

    /**
     * Leaves a service's address to the cluster.
     *
     * @return whether it had one; None is a choice, and stays
     */
    static boolean dropAddress(ResourceType type, ObjectNode object) {
        var spec = in(object, "spec");
        if (!type.name().equals("services")
                || !spec.has("clusterIP")
                || spec.path("clusterIP").asText().equals("None")) {
            return false;
        }
        spec.remove(List.of("clusterIP", "clusterIPs"));
        return true;
    }

    /** Unless somebody chose a job's selector, it is the uid that the old cluster gave. */
    private static void job(ObjectNode object) {
        var spec = in(object, "spec");
        if (!spec.path("manualSelector").asBoolean()) {
            spec.remove("selector");
            in(in(object, "metadata"), "labels").remove(JOB_LABELS);
            in(in(in(spec, "template"), "metadata"), "labels").remove(JOB_LABELS);
        }
    }

    /**
     * Renames the namespaces that {@code object} is in or names.
     *
     * @return whether it is an object of the cluster that names one: where the old namespace lives, too, it is not to be changed
     */
    static boolean rename(ResourceType type, ObjectNode object, Map<String, String> namespaces) {
        var before = object.deepCopy();
        renameAll(type, object, namespaces);
        return !type.namespaced() && !type.name().equals("namespaces") && !object.equals(before);
    }

    private static void renameAll(ResourceType type, ObjectNode object, Map<String, String> namespaces) {
        var meta = in(object, "metadata");
        if (type.namespaced()) {
            renameMember(meta, "namespace", namespaces);
        }
        switch (type.name()) {
            case "namespaces" -> {
                renameMember(meta, "name", namespaces);
                renameMember(in(meta, "labels"), "kubernetes.io/metadata.name", namespaces);
            }
            case "persistentvolumes" -> renameMember(in(in(object, "spec"), "claimRef"), "namespace", namespaces);
            case "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io" -> {
                for (var subject : object.path("subjects")) {
                    renameMember((ObjectNode) subject, "namespace", namespaces);
                }
            }
            case "apiservices.apiregistration.k8s.io" ->
                renameMember(in(in(object, "spec"), "service"), "namespace", namespaces);
            case "mutatingwebhookconfigurations.admissionregistration.k8s.io",
                    "validatingwebhookconfigurations.admissionregistration.k8s.io" -> {
                for (var hook : object.path("webhooks")) {
                    renameMember(in(in((ObjectNode) hook, "clientConfig"), "service"), "namespace", namespaces);
                }
            }
            default -> {}
        }
    }

    private static void renameMember(ObjectNode object, String member, Map<String, String> names) {
        var renamed = names.get(object.path(member).asText());
        if (renamed != null) {
            object.put(member, renamed);
        }
    }

    /** The member, or an empty object that is in nothing. */
    private static ObjectNode in(JsonNode object, String member) {
        return object.path(member) instanceof ObjectNode found ? found : JsonNodeFactory.instance.objectNode();
    }
}
