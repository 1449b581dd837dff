package org.clusterbackup.kubernetes.restore;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.clusterbackup.kubernetes.api.ResourceType;

/**
 * Fields that hold nothing but names of servers, addresses, or paths on servers: what may be rewritten without asking. In a
 * field's path {@code []} is any element of an array, {@code *} any member of an object.
 */
final class NameFields {
    private static final String TERM = "matchExpressions[].values[]";
    private static final List<String> OF_A_POD = List.of(
            "nodeName",
            "nodeSelector.*",
            "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[]." + TERM,
            "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[].matchFields[].values[]",
            "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[].preference." + TERM,
            "hostAliases[].ip",
            "hostAliases[].hostnames[]",
            "volumes[].nfs.server",
            "volumes[].iscsi.targetPortal",
            "volumes[].hostPath.path");

    private static final String TEMPLATE = "spec.template.spec.";
    /** Where a resource has the specification of its pods. */
    private static final Map<String, String> PODS = Map.of(
            "pods", "spec.",
            "podtemplates", "template.spec.",
            "replicationcontrollers", TEMPLATE,
            "replicasets.apps", TEMPLATE,
            "deployments.apps", TEMPLATE,
            "statefulsets.apps", TEMPLATE,
            "daemonsets.apps", TEMPLATE,
            "jobs.batch", TEMPLATE,
            "cronjobs.batch", "spec.jobTemplate." + TEMPLATE);

    private static final Map<String, List<String>> OTHERS = Map.of(
            "endpoints",
            List.of(
                    "subsets[].addresses[].ip",
                    "subsets[].addresses[].hostname",
                    "subsets[].addresses[].nodeName",
                    "subsets[].notReadyAddresses[].ip",
                    "subsets[].notReadyAddresses[].hostname",
                    "subsets[].notReadyAddresses[].nodeName"),
            "endpointslices.discovery.k8s.io",
            List.of("endpoints[].addresses[]", "endpoints[].hostname", "endpoints[].nodeName"),
            "services",
            List.of("spec.externalName", "spec.externalIPs[]"),
            "persistentvolumes",
            List.of(
                    "spec.nfs.server",
                    "spec.local.path",
                    "spec.hostPath.path",
                    "spec.iscsi.targetPortal",
                    "spec.csi.volumeAttributes.*",
                    "spec.nodeAffinity.required.nodeSelectorTerms[]." + TERM,
                    "spec.nodeAffinity.required.nodeSelectorTerms[].matchFields[].values[]"),
            "storageclasses.storage.k8s.io",
            List.of("parameters.*", "allowedTopologies[].matchLabelExpressions[].values[]"));

    private NameFields() {}

    /** Whether the value at this place of an object of the type is one of them; an array's element is {@code []}. */
    static boolean has(ResourceType type, List<String> place) {
        return of(type).anyMatch(field -> matches(field, place));
    }

    private static Stream<String> of(ResourceType type) {
        var pods = PODS.get(type.name());
        return pods == null
                ? OTHERS.getOrDefault(type.name(), List.of()).stream()
                : OF_A_POD.stream().map(field -> pods + field);
    }

    private static boolean matches(String field, List<String> place) {
        var wanted = segments(field);
        if (wanted.size() != place.size()) {
            return false;
        }
        for (var i = 0; i < wanted.size(); i++) {
            var any = wanted.get(i).equals("*") && !place.get(i).equals("[]");
            if (!any && !wanted.get(i).equals(place.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static List<String> segments(String field) {
        var segments = new ArrayList<String>();
        for (var member : field.split("[.]")) {
            if (member.endsWith("[]")) {
                segments.add(member.substring(0, member.length() - 2));
                segments.add("[]");
            } else {
                segments.add(member);
            }
        }
        return segments;
    }
}
