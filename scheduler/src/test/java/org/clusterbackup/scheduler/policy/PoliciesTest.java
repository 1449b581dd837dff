package org.clusterbackup.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.events.BackupRequest;
import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoliciesTest {
    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    Path folder = Path.of("");

    private List<Policy> read(String yaml) throws Exception {
        return Policies.read(Files.writeString(folder.resolve("policies.yaml"), yaml));
    }

    private Policy policy(String more) throws Exception {
        return read("policies: [{name: nightly, cron: '0 3 * * *', " + more + "}]")
                .getFirst();
    }

    @Test
    void everyKeyIsRead() throws Exception {
        var policy = read("""
                policies:
                  - name: nightly
                    cron: "0 3 * * *"
                    zone: Europe/Berlin
                    jitter: 5m
                    catchUp: false
                    sources: ["brick/*", "host/*"]
                    required:
                      - source: provisioner/main
                        maxAge: 30d
                    deadline: 20h
                    objective: PT26H
                """).getFirst();

        assertThat(policy.zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(policy.jitter()).isEqualTo(Duration.ofMinutes(5));
        assertThat(policy.catchUp()).isFalse();
        assertThat(policy.sources()).containsExactly("brick/*", "host/*");
        assertThat(policy.required()).containsExactly(new RequiredSource("provisioner/main", Duration.ofDays(30)));
        assertThat(policy.deadline()).isEqualTo(Duration.ofHours(20));
        assertThat(policy.objective()).isEqualTo(Duration.ofHours(26));
    }

    @Test
    void runByHandForEverythingRequiresWhatAnyPolicyDoes() throws Exception {
        var policies = read("""
                policies:
                  - {name: nightly, cron: "0 3 * * *", required: [{source: provisioner/saved, maxAge: 30d}]}
                  - {name: weekly, cron: "0 3 * * 0", required: [{source: provisioner/saved, maxAge: 2d}, {source: other, maxAge: 9d}]}
                """);

        assertThat(required(policies, Optional.of("nightly"))).containsExactly("provisioner/saved 30");
        assertThat(required(policies, Optional.empty())).containsExactly("other 9", "provisioner/saved 2");
        assertThat(required(policies, Optional.empty(), "brick/*")).isEmpty();
    }

    private static List<String> required(List<Policy> policies, Optional<String> policy, String... sources) {
        var requested = Instant.parse("2026-11-22T03:00:00Z");
        var request = new BackupRequest("r", policy, List.of(sources), requested, requested.plus(Duration.ofDays(1)));
        return Policies.required(policies, request).stream()
                .map(source -> source.source() + " "
                        + Duration.between(source.notBefore(), requested).toDays())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            name: Nightly, cron: '0 3 * * *'                        | policies[0].name
            cron: '0 3 * * *'                                       | policies[0].name is missing
            name: n                                                 | policies[0].cron is missing
            name: n, cron: 'every day'                              | policies[0].cron
            name: n, cron: '0 0 30 2 *'                             | policies[0].cron
            name: n, cron: '0 3 * * *', zone: Mars/Base             | policies[0].zone
            name: n, cron: '0 3 * * *', deadline: soon              | policies[0].deadline
            name: n, cron: '0 3 * * *', deadline: 0s                | policies[0].deadline is zero
            name: n, cron: '0 3 * * *', source: x                   | policies[0].source is not known
            name: n, cron: '0 3 * * *', sources: [' ']              | policies[0].sources
            name: n, cron: '0 3 * * *', sources: 'x'                | policies[0].sources is not a list
            name: n, cron: '0 3 * * *', required: [{source: ../x}]  | policies[0].required[0].source
            name: n, cron: '0 3 * * *', catchUp: maybe              | policies[0].catchUp
            """)
    void whatIsWrongIsOneLineWithFileAndKey(String policy, String key) {
        assertThatThrownBy(() -> read("policies: [{" + policy + "}]"))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("policies.yaml: " + key)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void nameThatIsThereTwiceIsRefused() {
        assertThatThrownBy(() -> read("policies: [{name: n, cron: '0 3 * * *'}, {name: n, cron: '0 4 * * *'}]"))
                .hasMessageContaining("policies[1].name is there twice: n");
    }

    @Test
    void retentionIsCheckedThoughOthersCarryItOut() throws Exception {
        assertThat(read("policies: []\nretention: [{sources: ['*'], keep: {daily: 7}}]"))
                .isEmpty();

        assertThatThrownBy(() -> read("policies: []\nretention: [{sources: ['*'], keep: {dayly: 7}}]"))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("policies.yaml: retention[0].keep.dayly is not known");
        assertThatThrownBy(() -> read("retention: []")).hasMessageContaining("policies.yaml: retention says nothing");
    }

    @Test
    void lastTickBecomesARequestWithItsOwnRun() throws Exception {
        var request =
                Ticks.due(policy("deadline: 20h"), START, START, _ -> false).orElseThrow();

        assertThat(request.run()).contains("nightly-20261122t030000z");
        assertThat(request.policy()).contains("nightly");
        assertThat(request.deadline()).contains(START.plus(Duration.ofHours(20)));
    }

    @Test
    void tickIsInThePolicysZone() throws Exception {
        var request = Ticks.due(policy("zone: Europe/Berlin"), START, START, _ -> false)
                .orElseThrow();

        assertThat(request.run()).contains("nightly-20261122t020000z");
    }

    @Test
    void tickThatWasRequestedIsNotRequestedAgain() throws Exception {
        assertThat(Ticks.due(policy("catchUp: true"), START, START, "nightly-20261122t030000z"::equals))
                .isEmpty();
    }

    @Test
    void missedTickIsLeftOutWithoutCatchUp() throws Exception {
        assertThat(Ticks.due(policy("catchUp: false"), START, START, _ -> false))
                .isEmpty();
        assertThat(Ticks.due(policy("catchUp: false"), START, START.plus(Duration.ofHours(15)), _ -> false))
                .isPresent();
    }

    @Test
    void exactlyAtTheTickItIsDue() throws Exception {
        var tick = Instant.parse("2026-11-23T03:00:00Z");

        assertThat(Ticks.due(policy("catchUp: false"), START, tick.minusSeconds(1), _ -> false))
                .isEmpty();
        assertThat(Ticks.due(policy("catchUp: false"), START, tick, _ -> false)).isPresent();
    }

    @Test
    void jitterDelaysByTheSameTimeForEveryScheduler() throws Exception {
        var policy = policy("jitter: 30m");
        var tick = Instant.parse("2026-11-22T03:00:00Z");

        assertThat(Ticks.due(policy, START, tick.plus(Duration.ofMinutes(30)), _ -> false))
                .isPresent();
        assertThat(Ticks.due(policy, START, tick, _ -> false)).isEmpty();
    }

    @Test
    void policyIsKnownByTheRunsName() throws Exception {
        var policies = List.of(policy("catchUp: true"));

        assertThat(Ticks.policyOf(policies, "nightly-20261122t030000z")).isPresent();
        assertThat(Ticks.policyOf(policies, "nightly-x-20261122t030000z")).isEmpty();
    }
}
