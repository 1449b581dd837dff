package org.clusterbackup.repository.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.ledger.LedgerHead;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.repository.store.ObjectInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrillReportTest {
    private static final Sha256 DIGEST = Sha256.of(new byte[0]);
    private static final Drilled RESTORED = new Drilled(
            ref("host/a"),
            DIGEST,
            Optional.of("host-state"),
            Drilled.Result.RESTORED,
            1500,
            20_000,
            new TreeMap<>(Map.of("members", 12L)),
            Optional.empty(),
            Optional.of("2 members are refused"));
    private static final Drilled FAILED = new Drilled(
            ref("etcd/main"),
            DIGEST,
            Optional.empty(),
            Drilled.Result.FAILED,
            3,
            0,
            new TreeMap<>(),
            Optional.of("damaged"),
            Optional.of("packs/ab/… is missing"));

    private static ArtifactRef ref(String source) {
        return new ArtifactRef(new SourceName(source), new ArtifactId("20261122T010203004Z-0a0b0c0d"));
    }

    private static DrillReport report(Optional<Duration> limit, Drilled... sources) {
        return new DrillReport(
                "0".repeat(32),
                new TargetName("office"),
                Instant.parse("2026-11-22T03:00:00.001Z"),
                "nightly-1",
                new LedgerHead(12, DIGEST),
                "1.0",
                true,
                List.of(),
                Duration.ofMillis(1503),
                limit,
                List.of(sources));
    }

    @Test
    void comesBackAsItWasWrittenAndIsSorted() throws Exception {
        var report = report(Optional.of(Duration.ofHours(1)), RESTORED, FAILED);

        assertThat(DrillReport.parse("x", report.toBytes())).isEqualTo(report);
        assertThat(report.sources()).containsExactly(FAILED, RESTORED);
        assertThat(new String(report.toBytes(), StandardCharsets.UTF_8))
                .startsWith("{\n  \"format\": 1,\n  \"repository\": \"0000")
                .contains("\n  \"ok\": false,\n");
    }

    @Test
    void isGoodIfNothingFailedAndItWasInTime() {
        assertThat(report(Optional.empty(), RESTORED).ok()).isTrue();
        assertThat(report(Optional.of(Duration.ofMillis(1503)), RESTORED).ok()).isTrue();
        assertThat(report(Optional.of(Duration.ofMillis(1502)), RESTORED).ok()).isFalse();
        assertThat(report(Optional.empty(), RESTORED, FAILED).ok()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"ok\": false|\"ok\": true",
                "\"format\": 1|\"format\": 2",
                "\"format\": 1|\"format\": \"1\"",
                "\"office\"|\"../x\"",
                "\"entry\": \"12-|\"entry\": \"0-",
                "\"milliseconds\": 1503|\"milliseconds\": -1",
                "\"milliseconds\": 1503|\"milliseconds\": 1e99",
                "\"limitMilliseconds\": 1000|\"limitMilliseconds\": null",
                "2026-11-22T03:00:00.001Z|yesterday",
                "\"result\":\"restored\"|\"result\":\"fine\"",
                "\"result\":\"restored\"|\"result\":\"failed\"",
                "\"failure\":\"damaged\"|\"failure\":\"no-key\"",
                "\"failure\":\"damaged\"|\"failure\":\"\"",
                "\"failure\":\"damaged\",|",
                "\"host/a\"|\"etcd/main\"",
                "\"host/a\"|\"host/../a\"",
                "\"members\":12|\"members\":-12",
                "\"members\":12|\"members\":\"12\"",
                "\"members\":12|\"<b>\":12",
                "\"counts\":{}|\"counts\":[]",
                "20261122T010203004Z-0a0b0c0d|latest",
                "\"host-state\"|\"<script>\"",
                "\"patterns\": []|\"patterns\": [1]",
                "\"sources\": [|\"sources\": {",
            })
    void whatItCannotSayIsRefused(String written, String put) throws Exception {
        var text = new String(
                report(Optional.of(Duration.ofSeconds(1)), RESTORED, FAILED).toBytes(), StandardCharsets.UTF_8);
        assertThat(DrillReport.parse("x", text.getBytes(StandardCharsets.UTF_8)).ok())
                .isFalse();
        assertThat(text).contains(written);
        var changed = text.replace(written, put == null ? "" : put).getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> DrillReport.parse("drills/x.json", changed))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isIn(Kind.DAMAGED, Kind.UNKNOWN_FORMAT))
                .hasMessageContaining("drills/x.json");
    }

    @Test
    void noSourceAtAllAndACutAnywhereAreRefused() {
        var whole = report(Optional.empty(), RESTORED).toBytes();
        for (var length = 0; length < whole.length - 2; length++) {
            var cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> DrillReport.parse("x", cut)).isInstanceOf(BackupException.class);
        }
        assertThatThrownBy(() -> report(Optional.empty())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void liesBesideTheLedgerWithASignatureOfWhoMaySign(@TempDir Path staging, @TempDir Path folder) throws Exception {
        var keys = TestRepository.withNewKeys();
        var target = keys.target(new DirectoryStore(folder), keys.staging(staging), "office");
        var reports = new DrillReports(target);
        var of = report(Optional.empty(), RESTORED);
        var mine = new DrillReport(
                target.description().repository(),
                of.target(),
                of.time(),
                of.run(),
                of.entry(),
                of.program(),
                of.identityProved(),
                of.patterns(),
                of.took(),
                of.limit(),
                of.sources());

        var name = reports.leave(mine, keys.operator());
        var elsewhere = reports.leave(of, keys.operator());

        assertThat(name).matches("drills/20261122T030000001Z-[0-9a-f]{8}\\.json");
        assertThat(reports.list()).extracting(ObjectInfo::name).containsExactlyInAnyOrder(name, elsewhere);
        assertThat(reports.read(name)).isEqualTo(new DrillReports.Verified(mine, Sha256.of(mine.toBytes())));
        assertThatThrownBy(() -> reports.read(elsewhere)).hasMessageContaining("belongs to target office");
        for (var stranger : List.of(keys.shipper(), keys.agent())) {
            assertThatThrownBy(() -> reports.requireMaySign(stranger))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SIGNATURE));
            assertThatThrownBy(() -> reports.leave(mine, stranger)).isInstanceOf(BackupException.class);
        }
        assertThat(reports.list()).hasSize(2);
    }
}
