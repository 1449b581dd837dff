package org.clusterbackup.events;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** One event of each kind with every member present. */
final class Examples {
    static final Instant TIME = Instant.parse("2026-11-22T03:00:00Z");
    static final String SHA = HexFormat.of().formatHex(new byte[32]);
    static final String SOURCE = "brick/gv0/0/node-a";
    static final String ARTIFACT = "20261122T030000123Z-0a1b2c3d";
    static final String RUN = "nightly-20261122t030000z";

    static final List<BackupEvent> ALL = List.of(
            new BackupRequested(
                    Optional.of(RUN), Optional.of("nightly"), List.of("brick/*", "host/*"), Optional.of(TIME)),
            new BackupCancelled(RUN, List.of("brick/*")),
            new ArtifactReady(
                    SOURCE,
                    ARTIFACT,
                    Optional.of(RUN),
                    Optional.of("node-a"),
                    Optional.of("gv0/0"),
                    SHA,
                    TIME,
                    TIME.plusSeconds(60),
                    1_000_000,
                    500_000,
                    20_000),
            new ArtifactShipped(
                    SOURCE,
                    ARTIFACT,
                    Optional.of(RUN),
                    "house-b",
                    SHA,
                    TIME,
                    TIME.plusSeconds(90),
                    Proof.REMOTE_DIGEST,
                    TIME.minusSeconds(5),
                    1_000_000,
                    20_000,
                    480_000),
            new BackupFailed(
                    SOURCE,
                    Optional.of(RUN),
                    "dump",
                    Optional.of("house-b"),
                    "source-incomplete",
                    "xfsdump was killed by signal 9",
                    false,
                    TIME),
            new BackupProgress(
                    SOURCE,
                    Optional.of(RUN),
                    Optional.of(ARTIFACT),
                    "dump",
                    Optional.of("house-b"),
                    10,
                    100,
                    List.of(new StoredPack(SHA, 16_000_000)),
                    TIME),
            new SourceAnnounced(
                    SOURCE,
                    "brick",
                    Optional.of("node-a"),
                    Optional.of("gv0"),
                    Optional.of(0L),
                    Optional.of("gv0/0"),
                    Optional.of(1L << 40),
                    Optional.of(1L << 30),
                    Optional.of(0L),
                    Optional.of("/media/brick0 is not mounted"),
                    TIME),
            new RecoveryPointDue(
                    RUN,
                    Optional.of("nightly"),
                    "house-b",
                    List.of(SOURCE, "etcd/main"),
                    List.of(new RequiredSource("provisioner/main", TIME.minusSeconds(86_400))),
                    TIME,
                    TIME.plusSeconds(86_400)),
            new RecoveryPointReached(
                    RUN, "house-b", "12-" + SHA, "{\n  \"format\": 1\n}\n", "-----BEGIN SSH SIGNATURE-----\n"),
            new DrillEntered("house-b", "13-" + SHA, "{\n  \"format\": 1\n}\n", "-----BEGIN SSH SIGNATURE-----\n"));

    private Examples() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
