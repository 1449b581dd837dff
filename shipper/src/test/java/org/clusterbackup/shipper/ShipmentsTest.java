package org.clusterbackup.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.clusterbackup.events.BackupCancelled;
import org.clusterbackup.events.Topics;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.copy.CopyOptions;
import org.clusterbackup.repository.store.DirectoryStore;
import org.clusterbackup.service.EventPublisher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipmentsTest {
    private static final TargetName HERE = new TargetName("here");

    private final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final EventPublisher events = new EventPublisher(kafka, "/test", Clock.systemUTC());
    private final Cancellations cancellations = new Cancellations();
    private final TestBackups backups;
    private final Opening opening;
    private final Shipments shipments;
    private final Ends ends;

    ShipmentsTest(@TempDir Path folder) throws Exception {
        var keys = TestRepository.withNewKeys();
        var staging = keys.staging(Files.createDirectory(folder.resolve("staging")));
        backups = new TestBackups(keys, staging, folder.resolve("spool"));
        var target = new DirectoryStore(Files.createDirectory(folder.resolve("target")));
        keys.target(target, staging, HERE.value());
        ends = Ends.open(
                staging.store(),
                target,
                HERE.value(),
                keys.signers(),
                keys.shipper(),
                CopyOptions.defaults(folder.resolve("spool"), "test"));
        opening = new Opening(() -> ends, e -> {
            throw new AssertionError(e);
        });
        shipments = new Shipments(opening, new Announcer(events), cancellations, Duration.ofDays(1), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        shipments.close();
        opening.close();
        events.close();
    }

    private void request(Manifest artifact) throws Exception {
        shipments.request(artifact.ref(), artifact.run()).get(1, TimeUnit.MINUTES);
    }

    private List<String> failures() {
        return kafka.history().stream()
                .filter(record -> record.topic().equals(Topics.BACKUP_FAILED.name()))
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void whatFailsForGoodAgainAndAgainIsToldOnceUntilItChanges() throws Exception {
        var artifact = backups.store("host/node-a", "r1", TestBackups.bytes(1000, 1));
        var pack = PackList.read(ends.staging().store(), artifact).name(1);
        ends.staging().store().delete(PackSet.path(pack));
        request(artifact);
        request(artifact);
        assertThat(failures()).hasSize(1);

        ends.staging().store().delete(artifact.ref().object("manifest.json.sig"));
        request(artifact);

        assertThat(failures()).hasSize(2);
    }

    @Test
    void artifactOfACancelledRunIsNotShippedAndToldOnce() throws Exception {
        cancellations.apply(new BackupCancelled("r1", List.of("host/*")));
        var artifact = backups.store("host/node-a", "r1", TestBackups.bytes(1000, 1));
        request(artifact);
        request(artifact);

        assertThat(failures()).singleElement().asString().contains("\"kind\":\"cancelled\"", "\"final\":true");
        assertThat(ends.shipped().list()).isEmpty();
    }

    @Test
    void copyUnderWayEndsWhenItsRunIsCancelled() throws Exception {
        var artifact = backups.store("host/node-a", "r1", TestBackups.bytes(1000, 1));
        try (var progress =
                new ShipProgress(artifact.ref(), Optional.of("r1"), HERE, cancellations, _ -> {}, Clock.systemUTC())) {
            cancellations.apply(new BackupCancelled("r1", List.of()));

            assertThat(catchThrowable(() -> new Shipment(ends).ship(artifact.ref(), progress)))
                    .hasMessageContaining("run r1 was cancelled");
        }
        assertThat(ends.shipped().list()).isEmpty();
    }

    @Test
    void cancellationOfAnotherRunOrSourceEndsNothing() throws Exception {
        cancellations.apply(new BackupCancelled("r1", List.of("etcd/*")));
        cancellations.apply(new BackupCancelled("r2", List.of()));
        var artifact = backups.store("host/node-a", "r1", TestBackups.bytes(1000, 1));

        request(artifact);

        assertThat(ends.shipped().list()).containsExactly(artifact.ref());
    }
}
