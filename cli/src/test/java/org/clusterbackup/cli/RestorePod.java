package org.clusterbackup.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;

/**
 * What a kubelet would make of the Pod for restores, without one: its root, mounts, environment, user and capabilities, and
 * the program where the image has it.
 *
 * @param pod as the API server has it
 * @param secrets of its namespace, as the API server has them
 * @param node the root of the node's file systems
 * @param scratch an empty folder
 */
record RestorePod(JsonNode pod, JsonNode secrets, Path node, Path scratch) {
    private static final String IMAGE_PROGRAM = "/opt/clusterbackup";

    JsonNode container() {
        return pod.at("/spec/containers/0");
    }

    List<String> capabilities() {
        return StreamSupport.stream(
                        container().at("/securityContext/capabilities/add").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /** As {@code kubectl exec} does, but with these capabilities. */
    ChangedRoot.Result exec(List<String> capabilities, List<String> command) throws IOException {
        var root = new ChangedRoot(fresh("root"))
                .system("/usr", "/bin", "/sbin", "/lib", "/lib64", "/etc")
                .readOnly(Path.of("target/clusterbackup").toAbsolutePath(), IMAGE_PROGRAM)
                .readOnly(Path.of(System.getProperty("java.home")), "/opt/java")
                .writable(Path.of("/proc"), "/proc")
                .writable(Path.of("/dev"), "/dev");
        for (var mount : container().path("volumeMounts")) {
            mount(mount, root);
        }
        var environment = new HashMap<>(Map.of(
                "PATH",
                IMAGE_PROGRAM + "/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME",
                "/tmp",
                "JAVA_HOME",
                "/opt/java"));
        container()
                .path("env")
                .forEach(one -> environment.put(
                        one.path("name").asText(), one.path("value").asText()));
        var words = new ArrayList<>(lowered(capabilities));
        words.addAll(command);
        return root.run(environment, words);
    }

    /** Before a command that is to have these capabilities and no other. */
    static List<String> lowered(List<String> capabilities) {
        var set = new StringBuilder("-all");
        capabilities.forEach(one -> set.append(",+").append(one.toLowerCase(Locale.ROOT)));
        return List.of("/usr/bin/setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=" + set);
    }

    private void mount(JsonNode mount, ChangedRoot root) throws IOException {
        var to = mount.path("mountPath").asText();
        var volume = volume(mount.path("name").asText());
        if (volume.has("emptyDir")) {
            root.empty(to);
            return;
        }
        var from = volume.has("secret")
                ? secret(volume.at("/secret/secretName").asText())
                : node.resolve(volume.at("/hostPath/path").asText().substring(1));
        if (mount.path("readOnly").asBoolean()) {
            root.readOnly(from, to);
        } else {
            root.writable(from, to);
        }
    }

    private JsonNode volume(String name) {
        return StreamSupport.stream(pod.at("/spec/volumes").spliterator(), false)
                .filter(volume -> volume.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Path secret(String name) throws IOException {
        var found = StreamSupport.stream(secrets.path("items").spliterator(), false)
                .filter(secret -> secret.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow();
        var folder = fresh("secret-" + name);
        for (var file : found.path("data").properties()) {
            Files.write(
                    folder.resolve(file.getKey()),
                    Base64.getDecoder().decode(file.getValue().asText()));
        }
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                Files.setAttribute(file, "unix:mode", 0400);
            }
        }
        return folder;
    }

    private Path fresh(String name) throws IOException {
        var folder = scratch.resolve(name);
        if (Files.exists(folder)) {
            try (var all = Files.walk(folder)) {
                for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        return Files.createDirectories(Objects.requireNonNull(folder));
    }
}
