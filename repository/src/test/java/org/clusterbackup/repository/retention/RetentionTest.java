package org.clusterbackup.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionTest {
    private static final SourceName BRICK = new SourceName("brick/gv0/0/node-a");
    private static final SourceName HOST = new SourceName("host/node-a");

    @TempDir
    Path folder = Path.of("");

    private Retention read(String yaml) throws Exception {
        return Retention.read(Files.writeString(folder.resolve("policies.yaml"), yaml));
    }

    @Test
    void everyRuleIsRead() throws Exception {
        var retention = read("""
                policies: [{name: nightly, cron: "0 3 * * *"}]
                retention:
                  - sources: ["brick/*", "host/*"]
                    keep: {last: 3, hourly: 24, daily: 7, weekly: 5, monthly: 12, yearly: unlimited, within: 1y5m7d2h}
                """);

        var policy = retention.policy(BRICK).orElseThrow();
        assertThat(policy.counts())
                .isEqualTo(Map.of(
                        Rule.LAST, 3,
                        Rule.HOURLY, 24,
                        Rule.DAILY, 7,
                        Rule.WEEKLY, 5,
                        Rule.MONTHLY, 12,
                        Rule.YEARLY, Policy.UNLIMITED));
        assertThat(policy.within().orElseThrow().text()).isEqualTo("1y5m7d2h");
        assertThat(retention.policy(new SourceName("etcd/main"))).isEmpty();
        assertThat(retention.text()).isEqualTo(policy.text());
    }

    @Test
    void theFirstThatIsForASourceCounts() throws Exception {
        var retention = read("""
                retention:
                  - {sources: ["brick/gv0/*"], keep: {daily: 2}}
                  - {sources: ["*"], keep: {monthly: 6}}
                """);

        assertThat(retention.policy(BRICK).map(Policy::text)).contains("keep daily 2");
        assertThat(retention.policy(HOST).map(Policy::text)).contains("keep monthly 6");
        assertThat(retention.only("host/*").policy(BRICK)).isEmpty();
        assertThat(retention.only("host/*").policy(HOST)).isPresent();
        assertThat(retention.text()).isEqualTo("keep daily 2 of brick/gv0/*; keep monthly 6 of *");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            policies: []                                               | retention says nothing
            retention: []                                              | retention says nothing
            retention: {}                                              | retention is not a list
            retention: [7]                                             | retention[0] is not an object
            retentoin: []                                              | retentoin is not known
            retention: [{keep: {daily: 1}}]                            | retention[0].sources is empty
            retention: [{sources: [], keep: {daily: 1}}]               | retention[0].sources is empty
            retention: [{sources: ['X y'], keep: {daily: 1}}]          | retention[0].sources has no pattern
            retention: [{sources: ['*']}]                              | retention[0].keep is missing
            retention: [{sources: ['*'], keep: 7}]                     | retention[0].keep is not an object
            retention: [{sources: ['*'], keep: {}}]                    | retention[0].keep is no policy: the policy keeps nothing
            retention: [{sources: ['*'], keep: {daily: 0}}]            | retention[0].keep is no policy: the policy keeps nothing
            retention: [{sources: ['*'], keep: {last: 3}}]             | retention[0].keep is no policy: the policy counts
            retention: [{sources: ['*'], keep: {daily: -1}}]           | retention[0].keep is no policy: keep-daily is not a whole number
            retention: [{sources: ['*'], keep: {daily: 1.5}}]          | retention[0].keep.daily is not a text
            retention: [{sources: ['*'], keep: {daily: [1]}}]          | retention[0].keep.daily is not a text
            retention: [{sources: ['*'], keep: {daily: 1, within: 3w}}] | retention[0].keep is no policy
            retention: [{sources: ['*'], keep: {dayly: 1}}]            | retention[0].keep.dayly is not known
            retention: [{sources: ['*'], keeps: {daily: 1}}]           | retention[0].keeps is not known
            retention: [{sources: ['a','a'], keep: {daily: 1}}]        | retention[0].sources has a pattern that is there already: a
            [                                                          | not YAML
            """)
    void whatIsWrongIsOneLineWithFileAndKey(String yaml, String key) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.USAGE))
                .hasMessageContaining("policies.yaml: " + key)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void theFileThatIsDeployedIsRead() throws Exception {
        assertThat(Retention.read(Path.of("../deploy/overlays/prune/policies.yaml"))
                        .policy(BRICK))
                .map(Policy::text)
                .contains("keep daily 7, weekly 5, monthly 12, yearly unlimited");
    }

    @Test
    void aFileThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> Retention.read(folder.resolve("gone.yaml")))
                .hasMessageContaining("gone.yaml: cannot be read");
    }

    @Test
    void eachSourceIsPrunedByItsOwnPolicyAndOneThatHasNoneStays(@TempDir Path spool) throws Exception {
        // Given four days of three sources
        var world = new RealTarget(new MemoryStore(), spool);
        var start = Instant.parse("2026-11-20T03:00:00Z");
        for (var day = 0; day < 4; day++) {
            var time = start.plus(Duration.ofDays(day));
            world.at(time.plusSeconds(600));
            for (var source : new String[] {"host/a", "host/b", "etcd/main"}) {
                world.ship(world.backUp(source, "run", time, new byte[] {(byte) day}));
            }
        }

        // When
        var retention = read("""
                retention:
                  - {sources: ["host/a"], keep: {daily: 1}}
                  - {sources: ["host/*"], keep: {daily: 3}}
                """);
        var plan = world.pruning(retention, Duration.ofDays(7)).run(world.keys.operator(), "test", _ -> true);

        // Then
        assertThat(plan.removed()).hasSize(4);
        assertThat(plan.kept())
                .extracting(kept -> kept.candidate().ref().source().value())
                .containsExactly(
                        "etcd/main", "etcd/main", "etcd/main", "etcd/main", "host/a", "host/b", "host/b", "host/b");
        assertThat(world.errors()).isEmpty();
        assertThat(world.committed()).hasSize(8);
    }
}
