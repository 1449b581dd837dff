package org.clusterbackup.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.PropagationMode;
import com.github.dockerjava.api.model.SELContext;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;

/**
 * Pods of manifests as containers of an engine: with the image, arguments, environment, files, mounts, memory, user and security settings that the
 * manifest has, in a network in which services have their names and that leads nowhere else.
 */
final class Pods implements AutoCloseable {
    /** The node that all of them run on. */
    static final String NODE = "node-a";

    private static final Duration TO_END = Duration.ofMinutes(2);
    private static final Pattern REFERENCE = Pattern.compile("\\$\\(([A-Z_]+)\\)");
    private static final Pattern MEMORY = Pattern.compile("([0-9]+)Mi");

    private final Manifests manifests;
    private final Path folder;
    private final Path host;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Network network;

    /**
     * @param folder for volumes, files and logs
     * @param host in place of the node's root
     */
    @SuppressWarnings("resource") // closed with this
    Pods(Manifests manifests, Path folder, Path host) {
        this.manifests = manifests;
        this.folder = folder;
        this.host = host;
        this.network = Network.builder()
                .createNetworkCmdModifier(command -> command.withInternal(true))
                .build();
        open.push(network);
    }

    /** Starts what comes first to its end, and then the pod's only container; its address is that of the result. */
    String start(String kind, String name) throws IOException {
        var workload = new Workload(manifests.named(kind, name));
        for (var container : workload.pod().path("initContainers")) {
            runToItsEnd(workload, container);
        }
        var container = container(workload, only(workload));
        container.start();
        return address(container);
    }

    /** Runs the pod's only container to its end, which must be good. */
    void run(String kind, String name) throws IOException {
        var workload = new Workload(manifests.named(kind, name));
        runToItsEnd(workload, only(workload));
    }

    private void runToItsEnd(Workload workload, JsonNode manifest) throws IOException {
        try (var container = container(workload, manifest)
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(TO_END))) {
            container.start();
        }
    }

    private static JsonNode only(Workload workload) {
        var containers = workload.pod().path("containers");
        if (containers.size() != 1) {
            throw new AssertionError(workload + " has " + containers.size() + " containers");
        }
        return containers.get(0);
    }

    private static String address(GenericContainer<?> container) {
        return container.getContainerInfo().getNetworkSettings().getNetworks().values().stream()
                .findFirst()
                .orElseThrow()
                .getIpAddress();
    }

    /** What a container said. */
    Path log(String workload, String container) {
        return folder.resolve(workload + "-" + container + ".log");
    }

    @SuppressWarnings("resource") // closed with this
    private GenericContainer<?> container(Workload workload, JsonNode manifest) throws IOException {
        var log = log(workload.name(), manifest.path("name").asText());
        var environment = environment(workload, manifest);
        var binds = binds(workload, manifest);
        var made = new GenericContainer<>(
                        DockerImageName.parse(manifest.path("image").asText()))
                .withNetwork(network)
                .withNetworkAliases(names(workload))
                .withEnv(environment)
                .withLogConsumer(frame -> Containers.append(log, frame))
                .withCreateContainerCmdModifier(create -> secure(create, binds, workload, manifest));
        var arguments = words(manifest.path("args"), environment);
        var program = words(manifest.path("command"), environment);
        if (!program.isEmpty()) {
            made.withCreateContainerCmdModifier(create -> create.withEntrypoint(program));
        }
        if (!arguments.isEmpty()) {
            made.withCommand(arguments.toArray(String[]::new));
        }
        open.push(made);
        return made;
    }

    /** As services call it. */
    private String[] names(Workload workload) {
        return manifests
                .ofKind("Service")
                .filter(service -> workload.matches(service.at("/spec/selector")))
                .map(service -> Manifests.nameOf(service) + "." + workload.namespace() + ".svc")
                .toArray(String[]::new);
    }

    // ------------------------------------------------------------------ settings

    private static void secure(CreateContainerCmd create, List<Bind> binds, Workload workload, JsonNode manifest) {
        var own = manifest.path("securityContext");
        var pods = workload.pod().path("securityContext");
        var settings = Objects.requireNonNull(create.getHostConfig());
        settings.withBinds(binds)
                .withReadonlyRootfs(own.path("readOnlyRootFilesystem").asBoolean())
                .withCapDrop(capabilities(own.at("/capabilities/drop")))
                .withCapAdd(capabilities(own.at("/capabilities/add")))
                .withSecurityOpts(
                        own.path("allowPrivilegeEscalation").asBoolean(true)
                                ? List.of()
                                : List.of("no-new-privileges"));
        var memory = MEMORY.matcher(manifest.at("/resources/limits/memory").asText());
        if (memory.matches()) {
            settings.withMemory(Long.parseLong(memory.group(1)) << 20);
        }
        create.withUser(number("runAsUser", own, pods) + ":" + number("runAsGroup", own, pods));
    }

    private static int number(String key, JsonNode own, JsonNode pods) {
        return own.has(key) ? own.path(key).asInt() : pods.path(key).asInt();
    }

    private static Capability[] capabilities(JsonNode names) {
        return Workload.stream(names)
                .map(name -> Capability.valueOf(name.asText()))
                .toArray(Capability[]::new);
    }

    private Map<String, String> environment(Workload workload, JsonNode manifest) {
        var all = new LinkedHashMap<String, String>();
        for (var source : manifest.path("envFrom")) {
            var map = object(
                    workload, "ConfigMap", source.at("/configMapRef/name").asText());
            map.path("data")
                    .properties()
                    .forEach(entry -> all.put(entry.getKey(), entry.getValue().asText()));
        }
        for (var variable : manifest.path("env")) {
            all.put(variable.path("name").asText(), value(workload, variable));
        }
        return all;
    }

    private String value(Workload workload, JsonNode variable) {
        if (variable.has("value")) {
            return variable.path("value").asText();
        }
        var from = variable.path("valueFrom");
        if (from.at("/fieldRef/fieldPath").asText().equals("spec.nodeName")) {
            return NODE;
        }
        var secret = from.path("secretKeyRef");
        return new String(
                Manifests.value(
                        object(workload, "Secret", secret.path("name").asText()),
                        secret.path("key").asText()),
                StandardCharsets.UTF_8);
    }

    private JsonNode object(Workload workload, String kind, String name) {
        return manifests.named(kind, name, workload.namespace());
    }

    private static List<String> words(JsonNode words, Map<String, String> environment) {
        return Workload.stream(words)
                .map(word -> REFERENCE
                        .matcher(word.asText())
                        .replaceAll(reference -> Objects.requireNonNull(environment.get(reference.group(1)))))
                .toList();
    }

    // ------------------------------------------------------------------ volumes

    private List<Bind> binds(Workload workload, JsonNode manifest) throws IOException {
        var binds = new ArrayList<Bind>();
        for (var mount : manifest.path("volumeMounts")) {
            var propagates = mount.path("mountPropagation").asText().equals("HostToContainer");
            binds.add(new Bind(
                    volume(workload, mount.path("name").asText()).toString(),
                    new Volume(mount.path("mountPath").asText()),
                    // For a kubelet what is mounted below is not meant; engines of today mean it, too.
                    mount.path("readOnly").asBoolean() && !propagates ? AccessMode.ro : AccessMode.rw,
                    SELContext.none,
                    null,
                    propagates ? PropagationMode.SLAVE : PropagationMode.DEFAULT_MODE));
        }
        return binds;
    }

    private Path volume(Workload workload, String name) throws IOException {
        for (var volume : workload.pod().path("volumes")) {
            if (!volume.path("name").asText().equals(name)) {
                continue;
            }
            if (volume.has("hostPath")) {
                return Files.createDirectories(
                        host.resolve("." + volume.at("/hostPath/path").asText()));
            }
            var made = Files.createDirectories(
                    folder.resolve("volumes").resolve(workload.name()).resolve(name));
            if (volume.has("secret")) {
                fill(workload, "Secret", volume.path("secret"), "secretName", made);
            } else if (volume.has("configMap")) {
                fill(workload, "ConfigMap", volume.path("configMap"), "name", made);
            } else {
                own(workload, made, "u=rwx,g=rwxs,o=rwx");
            }
            return made;
        }
        return own(
                workload,
                Files.createDirectories(folder.resolve("claims").resolve(workload.name() + "-" + name)),
                "u=rwx,g=rwxs,o=");
    }

    private void fill(Workload workload, String kind, JsonNode source, String key, Path made) throws IOException {
        var object = object(workload, kind, source.path(key).asText());
        for (var name : (Iterable<String>) () -> object.path("data").fieldNames()) {
            Files.write(made.resolve(name), Manifests.value(object, name));
        }
        own(workload, made, "u=rx,g=rx,o=rx");
        var mode = Integer.toOctalString(source.path("defaultMode").asInt(0644));
        Command.shell("chmod \"$2\" \"$1\"/*", made, mode).run().good();
    }

    /** As a kubelet does it for the group of the pod's volumes. */
    private static Path own(Workload workload, Path made, String mode) {
        var group = workload.pod().at("/securityContext/fsGroup").asInt();
        Command.shell("chgrp -R \"$2\" \"$1\"; chmod \"$3\" \"$1\"", made, group, mode)
                .run()
                .good();
        return made;
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.err.println("cannot end a container: " + e);
            }
        }
    }
}
