package org.clusterbackup.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Alert rules and dashboards as they lie in {@code deploy}. */
final class MonitoringFiles {
    static final Path FOLDER = Checkout.ROOT.resolve("deploy/components/monitoring");
    static final Path OPERATOR = Checkout.ROOT.resolve("deploy/components/monitoring-operator");
    static final Path PAGES = Checkout.ROOT.resolve("docs/operations/alerts");
    private static final ObjectMapper YAML = new YAMLMapper();
    private static final ObjectMapper JSON = new JsonMapper();

    /** What of an expression is no metric: texts, labels, durations, lists of labels behind a word. */
    private static final List<Pattern> NO_METRICS = List.of(
            Pattern.compile("\"[^\"]*\""),
            Pattern.compile("\\{[^}]*}"),
            Pattern.compile("\\[[^]]*]"),
            Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)"));

    private static final Pattern NAME = Pattern.compile("\\b[a-zA-Z_:][a-zA-Z0-9_:]*\\b(?!\\s*\\()");
    private static final Set<String> WORDS = Set.of("or", "and", "unless", "bool", "offset", "by", "on");

    private MonitoringFiles() {}

    static JsonNode yaml(Path file) {
        try {
            return YAML.readTree(file.toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<JsonNode> rules() {
        return Workload.stream(yaml(FOLDER.resolve("rules.yaml")).path("groups"))
                .flatMap(group -> Workload.stream(group.path("rules")))
                .toList();
    }

    static List<JsonNode> alerts() {
        return rules().stream().filter(rule -> rule.has("alert")).toList();
    }

    /** Every expression of rules and dashboards. */
    static List<String> queries() {
        return Stream.concat(
                        rules().stream().map(rule -> rule.path("expr").asText()),
                        dashboards().stream()
                                .flatMap(board -> Workload.stream(board.path("panels")))
                                .flatMap(panel -> Workload.stream(panel.path("targets")))
                                .map(target -> target.path("expr").asText()))
                .toList();
    }

    static List<JsonNode> dashboards() {
        try (var files = Files.list(FOLDER.resolve("dashboards"))) {
            return files.sorted().map(MonitoringFiles::json).toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The metrics that an expression names. */
    static Set<String> metricsIn(String expression) {
        var text = expression;
        for (var other : NO_METRICS) {
            text = other.matcher(text).replaceAll(" ");
        }
        var names = new TreeSet<String>();
        NAME.matcher(text)
                .results()
                .map(found -> found.group())
                .filter(name -> !WORDS.contains(name))
                .forEach(names::add);
        return names;
    }
}
