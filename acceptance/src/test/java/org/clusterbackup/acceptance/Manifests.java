package org.clusterbackup.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * What kustomize makes of an overlay.
 *
 * @param folder the overlay, in a copy of {@code deploy}
 * @param text what {@code kubectl kustomize} prints
 */
record Manifests(Path folder, String text, List<JsonNode> objects) {
    private static final Path DEPLOY = Checkout.ROOT.resolve("deploy");
    private static final ObjectMapper YAML = new YAMLMapper();
    private static final String SECRETS = "secrets/";

    /** Every folder of {@code deploy/overlays}. */
    static List<String> overlays() {
        try (var folders = Files.list(DEPLOY.resolve("overlays"))) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An overlay with made-up files in place of those that an operator has; {@code copy} is made. */
    static Manifests madeUp(String overlay, Path copy) throws IOException {
        var folder = copy(copy).resolve("overlays").resolve(overlay);
        try (var files = Files.walk(folder)) {
            for (var kustomization :
                    files.filter(file -> file.endsWith("kustomization.yaml")).toList()) {
                makeUp(kustomization);
            }
        }
        return rendered(folder);
    }

    /** A copy of {@code deploy} without what an operator made there. */
    static Path copy(Path copy) {
        Command.shell(
                        "mkdir -p \"$2\"; tar -C \"$1\" --exclude=./overlays/*/secrets --exclude=./local -cf - . | tar -C \"$2\" -xf -",
                        DEPLOY,
                        copy)
                .run()
                .good();
        return copy;
    }

    /** What {@code secretGenerator} of a kustomization reads. */
    private static void makeUp(Path kustomization) throws IOException {
        for (var secret : YAML.readTree(kustomization.toFile()).path("secretGenerator")) {
            for (var entry : secret.path("files")) {
                var name = entry.asText().replaceFirst("^[^=]*=", "");
                if (!name.startsWith(SECRETS)) {
                    throw new AssertionError(kustomization + " reads a secret outside of " + SECRETS + ": " + name);
                }
                var file = kustomization.resolveSibling(name);
                Files.createDirectories(file.getParent());
                Files.writeString(file, "made up: " + name);
            }
        }
    }

    /** The same with one more of {@code deploy/components}. */
    Manifests with(String component) throws IOException {
        var kustomization = folder.resolve("kustomization.yaml");
        var before = Files.readString(kustomization);
        Files.writeString(
                kustomization,
                before.replace("components:\n", "components:\n  - ../../components/" + component + "\n"));
        return rendered(folder);
    }

    static Manifests rendered(Path folder) throws IOException {
        var text = Command.of(ControlPlane.kubectlProgram().toString(), "kustomize", folder.toString())
                .run()
                .good()
                .out();
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            return new Manifests(folder, text, documents.readAll());
        }
    }

    static List<JsonNode> read(Path file) throws IOException {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            return documents.readAll();
        }
    }

    Stream<JsonNode> ofKind(String kind) {
        return objects.stream().filter(object -> object.path("kind").asText().equals(kind));
    }

    JsonNode named(String kind, String name) {
        return ofKind(kind)
                .filter(object -> nameOf(object).equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
    }

    List<Workload> workloads() {
        return Workload.in(objects);
    }

    JsonNode named(String kind, String name, String namespace) {
        return ofKind(kind)
                .filter(object -> nameOf(object).equals(name)
                        && object.at("/metadata/namespace").asText().equals(namespace))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + namespace + "/" + name));
    }

    /** A file of a Secret or ConfigMap. */
    static byte[] value(JsonNode object, String key) {
        var value = object.path("data").path(key).asText();
        return object.path("kind").asText().equals("Secret")
                ? Base64.getMimeDecoder().decode(value)
                : value.getBytes(StandardCharsets.UTF_8);
    }

    static String nameOf(JsonNode object) {
        return object.at("/metadata/name").asText();
    }
}
