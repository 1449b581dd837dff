package org.clusterbackup.shipper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.clusterbackup.events.BackupProgress;
import org.clusterbackup.events.StoredPack;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.junit.jupiter.api.Test;

class ShipProgressTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final String PACK = "a".repeat(64);

    private final List<BackupProgress> hints = new CopyOnWriteArrayList<>();

    private ShipProgress progress() {
        return new ShipProgress(
                new ArtifactRef(new SourceName("host/node-a"), new ArtifactId("20260102T030405000Z-00000001")),
                Optional.of("run-1"),
                new TargetName("here"),
                new Cancellations(),
                hints::add,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @Test
    void tellsHowMuchOfWhatIsMissingWasCopied() throws Exception {
        try (var progress = progress()) {
            progress.planned(100, 900);
            progress.copied(30);
            progress.copied(10);

            var both = said(Optional.of("here"), "ship", 40, 100, List.of());
            await().untilAsserted(() -> assertThat(hints).contains(both));
        }
    }

    @Test
    void packsAreCopiedAheadOnlyAsStagingsWritersNameThem() {
        var stored = List.of(new StoredPack(PACK, 10));

        assertThat(CopyAhead.packs(said(Optional.empty(), "dump", 0, 0, stored)))
                .containsExactly(new Sha256(PACK));
        assertThat(CopyAhead.packs(said(Optional.of("elsewhere"), "ship", 0, 0, stored)))
                .isEmpty();
    }

    private static BackupProgress said(
            Optional<String> target, String stage, long done, long estimated, List<StoredPack> packs) {
        return new BackupProgress(
                "host/node-a",
                Optional.of("run-1"),
                Optional.of("20260102T030405000Z-00000001"),
                stage,
                target,
                done,
                estimated,
                packs,
                NOW);
    }
}
