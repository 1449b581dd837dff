package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Alerts fire and are silent as their tests say; whoever gets one finds a page; the queries' metrics are tried by {@link WalkingPathIT}. */
class MonitoringIT {
    private static String promtool = "";

    @BeforeAll
    static void findPromtool() {
        promtool = Command.of(Checkout.script("install.sh"), "prometheus")
                        .run()
                        .good()
                        .out()
                        .strip()
                        .replaceFirst("^prometheus ", "")
                + "/usr/bin/promtool";
    }

    @Test
    void alertsFireAndAreSilentAsTheirTestsSay() {
        Command.of(
                        promtool,
                        "test",
                        "rules",
                        MonitoringFiles.FOLDER.resolve("rules.test.yaml").toString())
                .run()
                .good();
    }

    @Test
    void eachAlertIsTestedToFireAndToBeSilent() {
        var checks = Workload.stream(MonitoringFiles.yaml(MonitoringFiles.FOLDER.resolve("rules.test.yaml"))
                        .path("tests"))
                .flatMap(test -> Workload.stream(test.path("alert_rule_test")))
                .toList();

        assertThat(MonitoringFiles.alerts()).hasSizeGreaterThan(15).allSatisfy(alert -> {
            var name = alert.path("alert").asText();
            var own = checks.stream()
                    .filter(check -> check.path("alertname").asText().equals(name))
                    .map(check -> check.path("exp_alerts").isEmpty())
                    .collect(Collectors.toSet());
            assertThat(own).as(name).contains(false);
            // The watchdog is never silent: that is what it is for.
            assertThat(own.contains(true)).as(name).isEqualTo(!name.equals("BackupWatchdog"));
        });
    }

    @Test
    void eachAlertHasASeverityASummaryAndAPage() throws IOException {
        var pages = pages();
        assertThat(MonitoringFiles.alerts()).allSatisfy(alert -> {
            var name = alert.path("alert").asText();
            assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning", "none");
            assertThat(alert.at("/annotations/summary").asText()).isNotBlank();
            assertThat(alert.at("/annotations/runbook_url").asText())
                    .isEqualTo("docs/operations/alerts/" + name + ".md");
            assertThat(Files.readString(MonitoringFiles.PAGES.resolve(name + ".md")))
                    .startsWith("# " + name + "\n\nSeverity: "
                            + alert.at("/labels/severity").asText() + ".\n")
                    .contains("\n## Look at\n", "\n## Do\n");
        });
        assertThat(pages)
                .isEqualTo(MonitoringFiles.alerts().stream()
                        .map(alert -> alert.path("alert").asText() + ".md")
                        .collect(Collectors.toSet()));
    }

    private static Set<String> pages() throws IOException {
        try (var files = Files.list(MonitoringFiles.PAGES)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @Test
    void theOperatorGetsTheSameRules() {
        assertThat(MonitoringFiles.yaml(MonitoringFiles.OPERATOR.resolve("prometheus-rule.yaml"))
                        .at("/spec/groups"))
                .isEqualTo(MonitoringFiles.yaml(MonitoringFiles.FOLDER.resolve("rules.yaml"))
                        .path("groups"));
    }

    /** But for the way in which it finds pods, which Debian's knows nothing of. */
    @Test
    void prometheusTakesWhatIsToBeScraped(@TempDir Path folder) throws IOException {
        var config = MonitoringFiles.yaml(MonitoringFiles.FOLDER.resolve("scrape.yaml"));
        var job = (ObjectNode) config.at("/scrape_configs/0");
        assertThat(job.remove("kubernetes_sd_configs")).hasSize(1);

        var file = Files.writeString(folder.resolve("scrape.json"), config.toString());

        Command.of(promtool, "check", "config", "--syntax-only", file.toString())
                .run()
                .good();
    }

    @ParameterizedTest
    @CsvSource({
        "'sum by (a, b) (rate(some_bytes_total{end=\"or_this\"}[5m])) > 3 * 86400', some_bytes_total",
        "'x:y_seconds unless on (source) (time() - z or on () absent(up{job=~\"a\"} == 1))', up x:y_seconds z",
        "'label_replace(up == 1, \"agent\", \"$1\", \"job\", \"a-(.+)\") or vector(0)', up"
    })
    void metricsAreFoundInAnExpression(String expression, String metrics) {
        assertThat(MonitoringFiles.metricsIn(expression)).containsExactly(metrics.split(" "));
    }

    @ParameterizedTest
    @CsvSource({"monitoring, 4", "monitoring-operator, 6"})
    void anOverlayWithItLetsPrometheusInToEachService(String component, int more, @TempDir Path folder)
            throws IOException {
        // Given
        var plain = Manifests.madeUp("production", folder.resolve("plain"));

        // When
        var with = plain.with(component);

        // Then
        assertThat(with.objects()).hasSize(plain.objects().size() + more);
        assertThat(ManifestChecks.findings(with.objects())).isEmpty();
        var services = Set.of("scheduler", "shipper", "brick-agent", "etcd-agent", "k8s-dumper");
        assertThat(with.workloads().stream()
                        .filter(workload ->
                                services.contains(workload.labels().path("app").asText()))
                        .toList())
                .hasSize(7)
                .allMatch(workload -> with.ofKind("NetworkPolicy")
                        .filter(policy -> Manifests.nameOf(policy).equals("metrics"))
                        .anyMatch(policy -> lets(policy, workload)));
        assertThat(Manifests.value(configMap(with, "monitoring-rules"), "rules.yaml"))
                .isEqualTo(Files.readAllBytes(MonitoringFiles.FOLDER.resolve("rules.yaml")));
    }

    private static boolean lets(JsonNode policy, Workload workload) {
        return policy.at("/metadata/namespace").asText().equals(workload.namespace())
                && Workload.stream(policy.at("/spec/podSelector/matchExpressions/0/values"))
                        .anyMatch(value -> value.equals(workload.labels().path("app")))
                && workload.containers().stream()
                        .flatMap(container -> Workload.stream(container.path("ports")))
                        .anyMatch(port -> port.path("name").equals(policy.at("/spec/ingress/0/ports/0/port")));
    }

    private static JsonNode configMap(Manifests manifests, String name) {
        return manifests
                .ofKind("ConfigMap")
                .filter(map -> Manifests.nameOf(map).startsWith(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name));
    }

    /** Dashboards show what their rows say: each panel has a title and a unit, each query a metric. */
    @Test
    void dashboardsAreWhole() {
        assertThat(MonitoringFiles.dashboards()).hasSize(2).allSatisfy(board -> assertThat(
                        Workload.stream(board.path("panels")))
                .hasSizeGreaterThan(10)
                .allSatisfy(panel -> {
                    assertThat(panel.path("title").asText()).isNotBlank();
                    assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotBlank();
                    assertThat(queries(panel)).isNotEmpty().noneMatch(query -> MonitoringFiles.metricsIn(query)
                            .isEmpty());
                }));
    }

    private static Stream<String> queries(JsonNode panel) {
        return Workload.stream(panel.path("targets"))
                .map(target -> target.path("expr").asText());
    }
}
