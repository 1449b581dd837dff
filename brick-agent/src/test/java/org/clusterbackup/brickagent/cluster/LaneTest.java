package org.clusterbackup.brickagent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.clusterbackup.agent.backup.Backups;
import org.clusterbackup.agent.backup.Staging;
import org.clusterbackup.agent.cluster.ClusterView;
import org.clusterbackup.agent.request.Attempts;
import org.clusterbackup.agent.request.Lane;
import org.clusterbackup.brickagent.backup.BrickStreams;
import org.clusterbackup.brickagent.backup.HostStreams;
import org.clusterbackup.brickagent.backup.NodeStreams;
import org.clusterbackup.brickagent.child.Gentleness;
import org.clusterbackup.brickagent.source.BrickSource;
import org.clusterbackup.brickagent.source.HostSource;
import org.clusterbackup.brickagent.xfs.BrickLocator;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.BackupRequest;
import org.clusterbackup.events.Decoded;
import org.clusterbackup.events.EventCodec;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.events.Topics;
import org.clusterbackup.gluster.Brick;
import org.clusterbackup.gluster.Volume;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.service.EventPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With {@code replicas: one}: the second brick of a set whose first brick's artifact is committed. */
class LaneTest {
    private final Instant now = Instant.now();
    private static final String RUN = "nightly-1";
    private final BackupRequest request =
            new BackupRequest(RUN, Optional.empty(), List.of(), now, now.plusSeconds(3600));

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final ClusterView view = new ClusterView(ready -> false, Duration.ofMinutes(10));
    private final TestRepository keys;
    private final Repository staging;
    private final Path spool;

    LaneTest(@TempDir Path folder, @TempDir Path spool) throws BackupException {
        this.keys = TestRepository.withNewKeys();
        this.staging = keys.staging(folder);
        this.spool = spool;
    }

    private static BrickSource brick(int index) {
        var bricks = IntStream.range(0, 2)
                .mapToObj(i -> new Brick(i, UUID.randomUUID().toString(), node(i), Path.of("/b"), Path.of("/b")))
                .toList();
        var volume = new Volume("gv0", UUID.randomUUID(), 2, true, 2, 0, 0, bricks);
        return BrickSource.of(node(index), volume, bricks.get(index));
    }

    private static String node(int index) {
        return index == 0 ? "node-a" : "node-b";
    }

    private void announced(int index) {
        view.apply(
                new SourceAnnounced(
                        brick(index).name().value(),
                        "brick",
                        Optional.of(node(index)),
                        Optional.of("gv0"),
                        Optional.of((long) index),
                        Optional.of("gv0/0"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(0L),
                        Optional.empty(),
                        now),
                now);
    }

    private void committed(int index) throws BackupException {
        var manifest = new TestBackups(keys, staging, spool)
                .store(brick(index).name().value(), RUN, TestBackups.bytes(1000, index));
        view.apply(
                new ArtifactReady(
                        manifest.ref().source().value(),
                        manifest.ref().artifact().value(),
                        Optional.of(RUN),
                        Optional.of(node(index)),
                        Optional.of("gv0/0"),
                        Sha256.of(manifest.toBytes()).hex(),
                        now,
                        now,
                        1,
                        1,
                        1),
                now);
    }

    private Lane lane(EventPublisher events) {
        return lane(events, (source, result, took, bytes) -> {});
    }

    private Lane lane(EventPublisher events, Attempts.Outcomes outcomes) {
        var backups = new Backups(
                new Staging(new TestBackups(keys, staging, spool).writers()),
                new NodeStreams(
                        new BrickStreams(new BrickLocator(Path.of("/")), Gentleness.NONE),
                        new HostStreams(Path.of("/"), Path.of("/none"), List.of(), spool, Gentleness.NONE)),
                view);
        var attempts = new Attempts(
                backups, view, events, outcomes, Duration.ofSeconds(1), Duration.ofSeconds(1), Clock.systemUTC());
        return new Lane(attempts, new TurnTaking(Replicas.ONE, Duration.ofMinutes(10)), view, Clock.systemUTC());
    }

    private List<BackupFailed> failures() {
        return producer.history().stream()
                .map(record -> EventCodec.decode(
                        Topics.named(record.topic()).orElseThrow(),
                        new String(record.key(), StandardCharsets.UTF_8),
                        record.value(),
                        Map.of()))
                .flatMap(decoded -> decoded instanceof Decoded.Event(BackupFailed failed)
                        ? Optional.of(failed).stream()
                        : Optional.<BackupFailed>empty().stream())
                .toList();
    }

    @Test
    void brickThatIsLeftToAReplicaIsSaidToBeSpared() throws Exception {
        announced(0);
        announced(1);
        committed(0);
        try (var events = new EventPublisher(producer, "/test", Clock.systemUTC());
                var lane = lane(events)) {
            var done = lane.add(brick(1), request);
            lane.open("bricks", 1);

            done.get(30, TimeUnit.SECONDS);

            assertThat(failures()).singleElement().satisfies(spared -> {
                assertThat(spared.source()).isEqualTo(brick(1).name().value());
                assertThat(spared.isSpared() && spared.ended()).isTrue();
                assertThat(spared.stage()).isEqualTo("request");
            });
        }
    }

    @Test
    void errorEndsItsJobAndNotTheLane() throws Exception {
        var first = HostSource.of("node-a");
        Attempts.Outcomes outcomes = (source, result, took, bytes) -> {
            if (source.equals(first)) {
                throw new NoClassDefFoundError("missing");
            }
        };
        try (var events = new EventPublisher(producer, "/test", Clock.systemUTC());
                var lane = lane(events, outcomes)) {
            var broken = lane.add(first, request);
            var next = lane.add(HostSource.of("node-b"), request);
            lane.open("bricks", 1);

            broken.get(30, TimeUnit.SECONDS);
            next.get(30, TimeUnit.SECONDS);

            assertThat(failures())
                    .filteredOn(failed -> failed.source().equals(first.name().value()))
                    .singleElement()
                    .satisfies(failed -> {
                        assertThat(failed.ended()).isTrue();
                        assertThat(failed.message()).contains("NoClassDefFoundError");
                    });
        }
    }
}
