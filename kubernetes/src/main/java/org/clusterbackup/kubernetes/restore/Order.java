package org.clusterbackup.kubernetes.restore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.clusterbackup.kubernetes.api.ResourceType;

/** In which order resources come back: what others need first, what judges others last. */
final class Order {
    private static final List<List<String>> BEFORE = List.of(
            List.of("customresourcedefinitions.apiextensions.k8s.io"),
            List.of("namespaces"),
            List.of(
                    "priorityclasses.scheduling.k8s.io",
                    "storageclasses.storage.k8s.io",
                    "csidrivers.storage.k8s.io",
                    "volumeattributesclasses.storage.k8s.io",
                    "runtimeclasses.node.k8s.io",
                    "ingressclasses.networking.k8s.io"),
            List.of("serviceaccounts"),
            List.of("clusterroles.rbac.authorization.k8s.io", "roles.rbac.authorization.k8s.io"),
            List.of("clusterrolebindings.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"),
            List.of("configmaps", "secrets"),
            List.of("persistentvolumes"),
            List.of("persistentvolumeclaims"),
            List.of("services"),
            List.of(
                    "deployments.apps",
                    "statefulsets.apps",
                    "daemonsets.apps",
                    "cronjobs.batch",
                    "replicationcontrollers"),
            List.of("replicasets.apps", "controllerrevisions.apps", "jobs.batch", "pods"));

    /** Everything else comes between, custom resources among it. */
    private static final List<List<String>> AFTER = List.of(
            List.of("resourcequotas", "limitranges"),
            List.of("apiservices.apiregistration.k8s.io"),
            List.of(
                    "validatingadmissionpolicies.admissionregistration.k8s.io",
                    "validatingadmissionpolicybindings.admissionregistration.k8s.io",
                    "mutatingadmissionpolicies.admissionregistration.k8s.io",
                    "mutatingadmissionpolicybindings.admissionregistration.k8s.io",
                    "mutatingwebhookconfigurations.admissionregistration.k8s.io",
                    "validatingwebhookconfigurations.admissionregistration.k8s.io"));

    private static final Map<String, Integer> RANKS = ranks();

    private Order() {}

    private static Map<String, Integer> ranks() {
        var ranks = new HashMap<String, Integer>();
        var steps = new ArrayList<>(BEFORE);
        steps.add(List.of());
        steps.addAll(AFTER);
        for (var step : steps) {
            step.forEach(name -> ranks.put(name, steps.indexOf(step)));
        }
        return Map.copyOf(ranks);
    }

    /** Less is earlier. */
    static int of(ResourceType type) {
        return RANKS.getOrDefault(type.name(), BEFORE.size());
    }
}
