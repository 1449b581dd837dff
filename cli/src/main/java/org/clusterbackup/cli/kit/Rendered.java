package org.clusterbackup.cli.kit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Manifests as {@code kubectl kustomize} renders them, without their Secrets.
 *
 * @param text every other document as it was, below a comment that names what was left out
 * @param leftOut a Secret each, with the names of its keys
 */
public record Rendered(String text, List<String> leftOut) {
    public static final int MAX_BYTES = 64 << 20;

    /** What is not seen here goes out as it stands: one document is read, and none may follow. */
    private static final YAMLMapper YAML = YAMLMapper.builder(
                    YAMLFactory.builder().loaderOptions(options()).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final Pattern BETWEEN = Pattern.compile("(?m)^---[ \\t]*(?:#.*)?\\R");
    private static final List<String> DATA = List.of("data", "stringData");

    public Rendered {
        leftOut = List.copyOf(leftOut);
    }

    private static LoaderOptions options() {
        var options = new LoaderOptions();
        options.setCodePointLimit(MAX_BYTES);
        return options;
    }

    /** @throws BackupException {@code USAGE} unless it is some documents of YAML, each one object of Kubernetes */
    public static Rendered of(String manifests) throws BackupException {
        var kept = new ArrayList<String>();
        var leftOut = new ArrayList<String>();
        var number = 0;
        for (var text : BETWEEN.split(manifests)) {
            number++;
            var document = parse(text, number);
            if (document.isMissingNode() || document.isNull()) {
                continue;
            }
            requireObject(document, number);
            if (document.path("kind").textValue().equals("Secret")) {
                leftOut.add(name(document));
            } else {
                kept.add(text.endsWith("\n") ? text : text + "\n");
            }
        }
        if (kept.isEmpty()) {
            throw new BackupException(Kind.USAGE, "there is no manifest but of Secrets");
        }
        var head = leftOut.stream().map(name -> "# left out: " + name + "\n").collect(Collectors.joining());
        return new Rendered(head + String.join("---\n", kept), leftOut);
    }

    private static JsonNode parse(String text, int number) throws BackupException {
        try {
            return YAML.readTree(text);
        } catch (JsonProcessingException e) {
            throw new BackupException(
                    Kind.USAGE, "document " + number + " of the manifests is no YAML, at its line " + line(e));
        }
    }

    /** Not what stands there: it may be a secret. */
    private static int line(JsonProcessingException e) {
        var place = e.getLocation();
        return place == null ? 1 : place.getLineNr();
    }

    private static void requireObject(JsonNode document, int number) throws BackupException {
        if (!document.path("kind").isTextual() || document.has("items")) {
            throw new BackupException(Kind.USAGE, "document " + number + " of the manifests is no object of Kubernetes")
                    .withHint("give what 'kubectl kustomize' prints: a document for each object");
        }
    }

    private static String name(JsonNode secret) {
        var namespace = secret.at("/metadata/namespace").asText("");
        return "Secret " + (namespace.isEmpty() ? "" : oneLine(namespace) + "/")
                + oneLine(secret.at("/metadata/name").asText("")) + " with "
                + DATA.stream()
                        .flatMap(member -> StreamSupport.stream(
                                ((Iterable<String>) () -> secret.path(member).fieldNames()).spliterator(), false))
                        .map(Rendered::oneLine)
                        .collect(Collectors.joining(", "));
    }

    private static String oneLine(String text) {
        return text.replaceAll("[^A-Za-z0-9._/-]", "?");
    }
}
