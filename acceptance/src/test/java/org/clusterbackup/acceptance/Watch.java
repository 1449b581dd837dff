package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What Prometheus makes of a lab in which everything was done and nothing is wrong. */
final class Watch {
    /** Told only of what this lab does not have: damage, a file of certificates, a target that is behind. */
    private static final Set<String> NOT_HERE = Set.of(
            "clusterbackup_damage_timestamp_seconds",
            "clusterbackup_certificate_expiry_timestamp_seconds",
            "clusterbackup_staging_waiting_artifacts");

    private static final String DUMPERS = "consumergroup=\"k8s-dumper-main\"";

    private final Lab lab;
    private final Prometheus prometheus;

    Watch(Lab lab) {
        this.lab = lab;
        this.prometheus = lab.prometheus();
    }

    /** A group with work and without a member is told of, until it is back. */
    void tellsThatNobodyIsThere() {
        // Given
        var dumper = lab.component("k8s-dumper");
        dumper.stop();

        // When
        lab.kcat("backup-requested", "{\"run\":\"for-nobody\",\"sources\":[\"nothing/*\"]}");

        // Then
        await().atMost(Runs.PATIENCE)
                .until(() -> holds("clusterbackup_group_verdict{" + DUMPERS + ",verdict=\"nobody-there\"} == 1")
                        && holds("clusterbackup_owed_deadline_timestamp_seconds{" + DUMPERS + "} > time()")
                        && holds("clusterbackup_owed_oldest_timestamp_seconds{" + DUMPERS + "} < time()"));
        dumper.start();
        await().atMost(Runs.PATIENCE)
                .until(() -> holds("clusterbackup_group_verdict{" + DUMPERS + ",verdict=\"idle\"} == 1")
                        && !holds("up == 0"));
    }

    private boolean holds(String expression) {
        return !prometheus.query(expression).isEmpty();
    }

    /** Takes every query, knows every metric in it, and finds nothing critical. */
    void isContent() {
        // Given something to tell of rejected records, too
        lab.kcat("backup-cancelled", "no event");
        var wanted = new TreeSet<String>();
        MonitoringFiles.queries().forEach(query -> wanted.addAll(MonitoringFiles.metricsIn(query)));
        wanted.removeAll(MonitoringFiles.rules().stream()
                .map(rule -> rule.path("record").asText())
                .collect(Collectors.toSet()));
        wanted.removeAll(NOT_HERE);
        assertThat(wanted).hasSizeGreaterThan(30);

        // Then
        await().atMost(Runs.PATIENCE)
                .untilAsserted(() -> assertThat(prometheus.metrics()).containsAll(wanted));
        for (var query : MonitoringFiles.queries()) {
            prometheus.query(query);
        }
        assertThat(prometheus.query("ALERTS{alertname=\"BackupWatchdog\"}")).hasSize(1);
        await().atMost(Runs.PATIENCE).untilAsserted(() -> assertThat(prometheus.query("ALERTS{severity=\"critical\"}"))
                .isEmpty());
    }
}
