package org.clusterbackup.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What kube-linter checks by default, as far as it can be wrong here, under its names
 * (<a href="https://github.com/stackrox/kube-linter/blob/main/docs/generated/checks.md">the list</a>): this needs no program.
 */
final class ManifestChecks {
    private static final String IGNORE = "ignore-check.kube-linter.io/";
    private static final Set<String> SENSITIVE =
            Set.of("/", "/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr", "/var/run/docker.sock");

    private static final Map<String, Predicate<Workload>> OF_PODS = new LinkedHashMap<>();
    private static final Map<String, BiPredicate<Workload, JsonNode>> OF_CONTAINERS = new LinkedHashMap<>();

    static {
        OF_PODS.put("host-ipc", workload -> workload.pod().path("hostIPC").asBoolean());
        OF_PODS.put(
                "host-network", workload -> workload.pod().path("hostNetwork").asBoolean());
        OF_PODS.put("host-pid", workload -> workload.pod().path("hostPID").asBoolean());
        OF_PODS.put(
                "deprecated-service-account-field", workload -> workload.pod().has("serviceAccount"));
        OF_PODS.put("sensitive-host-mounts", workload -> Workload.stream(
                        workload.pod().path("volumes"))
                .anyMatch(
                        volume -> SENSITIVE.contains(volume.at("/hostPath/path").asText())));
        OF_PODS.put(
                "unsafe-sysctls",
                workload -> !workload.pod().at("/securityContext/sysctls").isMissingNode());
        OF_PODS.put(
                "job-ttl-seconds-after-finished",
                workload -> workload.kind().equals("Job")
                        && !workload.object().path("spec").has("ttlSecondsAfterFinished"));
        OF_PODS.put(
                "mismatching-selector",
                workload -> !workload.kind().endsWith("Job")
                        && !workload.matches(workload.object().at("/spec/selector/matchLabels")));
        OF_PODS.put(
                "no-extensions-v1beta",
                workload -> workload.object().path("apiVersion").asText().contains("beta"));

        OF_CONTAINERS.put(
                "latest-tag",
                (_, container) -> !container.path("image").asText().matches(".+:[^:/]+(?<!:latest)"));
        OF_CONTAINERS.put("no-read-only-root-fs", (_, container) -> !container
                .at("/securityContext/readOnlyRootFilesystem")
                .asBoolean());
        OF_CONTAINERS.put(
                "privileged-container",
                (_, container) -> container.at("/securityContext/privileged").asBoolean());
        OF_CONTAINERS.put("privilege-escalation-container", (_, container) -> container
                .at("/securityContext/allowPrivilegeEscalation")
                .asBoolean(true));
        OF_CONTAINERS.put("drop-net-raw-capability", (_, container) -> Workload.stream(
                        container.at("/securityContext/capabilities/drop"))
                .noneMatch(dropped -> Set.of("ALL", "NET_RAW").contains(dropped.asText())));
        OF_CONTAINERS.put("run-as-non-root", ManifestChecks::mayBeRoot);
        OF_CONTAINERS.put(
                "unset-cpu-requirements",
                (_, container) -> container.at("/resources/requests/cpu").isMissingNode());
        OF_CONTAINERS.put(
                "unset-memory-requirements",
                (_, container) -> container.at("/resources/requests/memory").isMissingNode()
                        || container.at("/resources/limits/memory").isMissingNode());
        OF_CONTAINERS.put("duplicate-env-var", (_, container) -> {
            var names = Workload.stream(container.path("env"))
                    .map(variable -> variable.path("name").asText())
                    .toList();
            return Set.copyOf(names).size() < names.size();
        });
        OF_CONTAINERS.put("env-var-secret", (_, container) -> Workload.stream(container.path("env"))
                .anyMatch(variable -> variable.path("name").asText().matches("(?i).*(secret|password|token).*")
                        && !variable.path("value").asText().isEmpty()
                        && !variable.path("value").asText().startsWith("/")));
        OF_CONTAINERS.put("ssh-port", (_, container) -> Workload.stream(container.path("ports"))
                .anyMatch(port -> port.path("containerPort").asInt() == 22));
        for (var probe : List.of("liveness", "readiness", "startup")) {
            OF_CONTAINERS.put(probe + "-port", (_, container) -> isUnknownPort(container, probe + "Probe"));
        }
    }

    private ManifestChecks() {}

    /** Every check's name. */
    static Set<String> names() {
        return Stream.concat(
                        Stream.of("dangling-service", "invalid-target-ports", "non-existent-service-account"),
                        Stream.concat(OF_PODS.keySet().stream(), OF_CONTAINERS.keySet().stream()))
                .collect(Collectors.toSet());
    }

    /** Findings that are not annotated with a reason, and annotations that excuse nothing: {@code CHECK: OBJECT}. */
    static List<String> findings(List<JsonNode> objects) {
        var findings = new ArrayList<String>();
        for (var workload : Workload.in(objects)) {
            var found = found(workload, objects);
            var excused = excuses(workload.object()).keySet();
            found.stream()
                    .filter(check -> !excused.contains(check))
                    .forEach(check -> findings.add(check + ": " + workload));
            excused.stream()
                    .filter(check -> !found.contains(check))
                    .forEach(check -> findings.add("needless excuse of " + check + ": " + workload));
        }
        objects.stream()
                .filter(object -> object.path("kind").asText().equals("Service"))
                .forEach(service -> findings.addAll(ofService(service, Workload.in(objects))));
        return findings;
    }

    /** The reasons that an object gives, by check. */
    static Map<String, String> excuses(JsonNode object) {
        return object.at("/metadata/annotations").properties().stream()
                .filter(annotation -> annotation.getKey().startsWith(IGNORE))
                .collect(Collectors.toMap(
                        annotation -> annotation.getKey().substring(IGNORE.length()),
                        annotation -> annotation.getValue().asText()));
    }

    private static Set<String> found(Workload workload, List<JsonNode> objects) {
        var pods = OF_PODS.entrySet().stream()
                .filter(check -> check.getValue().test(workload))
                .map(Map.Entry::getKey);
        var containers = OF_CONTAINERS.entrySet().stream()
                .filter(check -> workload.containers().stream()
                        .anyMatch(container -> check.getValue().test(workload, container)))
                .map(Map.Entry::getKey);
        var account = objects.stream()
                        .noneMatch(object -> object.path("kind").asText().equals("ServiceAccount")
                                && Manifests.nameOf(object)
                                        .equals(workload.pod()
                                                .path("serviceAccountName")
                                                .asText())
                                && object.at("/metadata/namespace").asText().equals(workload.namespace()))
                ? Stream.of("non-existent-service-account")
                : Stream.<String>empty();
        return Stream.of(pods, containers, account).flatMap(found -> found).collect(Collectors.toSet());
    }

    private static List<String> ofService(JsonNode service, List<Workload> workloads) {
        var name = "Service " + Manifests.nameOf(service);
        var behind = workloads.stream()
                .filter(workload -> workload.matches(service.at("/spec/selector")))
                .toList();
        if (behind.isEmpty()) {
            return List.of("dangling-service: " + name);
        }
        return Workload.stream(service.at("/spec/ports")).allMatch(port -> behind.stream()
                        .flatMap(workload -> workload.containers().stream())
                        .anyMatch(container ->
                                hasPort(container, port.path("targetPort").asText())))
                ? List.of()
                : List.of("invalid-target-ports: " + name);
    }

    private static boolean mayBeRoot(Workload workload, JsonNode container) {
        var own = container.path("securityContext");
        var pods = workload.pod().path("securityContext");
        var user = own.has("runAsUser") ? own.path("runAsUser") : pods.path("runAsUser");
        var nonRoot = own.has("runAsNonRoot") ? own.path("runAsNonRoot") : pods.path("runAsNonRoot");
        return !nonRoot.asBoolean() || user.asInt() == 0;
    }

    private static boolean isUnknownPort(JsonNode container, String probe) {
        return Stream.of("httpGet", "tcpSocket")
                .map(way -> container.path(probe).path(way).path("port"))
                .anyMatch(port -> !port.isMissingNode() && !hasPort(container, port.asText()));
    }

    private static boolean hasPort(JsonNode container, String port) {
        return Workload.stream(container.path("ports"))
                .anyMatch(declared -> declared.path("name").asText().equals(port)
                        || declared.path("containerPort").asText().equals(port));
    }
}
