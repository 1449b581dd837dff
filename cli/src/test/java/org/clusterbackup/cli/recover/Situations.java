package org.clusterbackup.cli.recover;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.gluster.migrate.BrickPath;
import org.clusterbackup.gluster.migrate.NewNames;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Proof;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Origin;
import org.clusterbackup.repository.artifact.Tool;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.ledger.RecoveryPoint;

/** Recovery points of a cluster of three servers with a volume {@code gv0} of two replica sets. */
public final class Situations {
    static final String RUN = "nightly-20260102T030000Z";
    static final Instant BEGUN = Instant.parse("2026-01-02T03:00:00Z");

    private static final Sha256 DIGEST = Sha256.of("x".getBytes(StandardCharsets.UTF_8));
    private static final List<String> NODES = List.of("node-a", "node-b", "node-c");

    private final List<Manifest> manifests = new ArrayList<>();
    private final List<RecoveryPoint.Missing> missing = new ArrayList<>();
    private Map<String, String> devices = Map.of();

    /** Every brick, and the state of every server. */
    public static Situations whole() {
        var situations = new Situations();
        for (var index = 0; index < 6; index++) {
            situations.brick(index, 0, details -> {});
        }
        NODES.forEach(situations::host);
        return situations;
    }

    public interface Details {
        void change(ObjectNode details);
    }

    Situations brick(int index, long pendingHeals, Details change) {
        var node = NODES.get(index % 3);
        var details = JsonLayout.object();
        details.put("volume", "gv0")
                .put("volumeId", "505802ca-393e-4266-b291-1669a4ae355d")
                .put("brickIndex", index)
                .put("replicaSet", "gv0/" + index / 3)
                .put("replicaCount", 3)
                .put("volumeType", "Distributed-Replicate")
                .put("brickHost", node + ".example")
                .put("brickPath", "/media/brick" + index / 3 + "/brick")
                .put("mountPoint", "/media/brick" + index / 3)
                .put("serverUuid", "uuid-of-" + node)
                .put("pendingHeals", pendingHeals);
        var bricks = details.putArray("bricks");
        for (var each = 0; each < 6; each++) {
            bricks.addObject()
                    .put("host", NODES.get(each % 3) + ".example")
                    .put("path", "/media/brick" + each / 3 + "/brick")
                    .put("server", "uuid-of-" + NODES.get(each % 3));
        }
        change.change(details);
        return add("brick/gv0/" + index + "/" + node, ArtifactKind.BRICK, Optional.of(node), details);
    }

    Situations host(String node) {
        var details = JsonLayout.object();
        details.putArray("paths").add("/etc/fstab").add("/var/lib/glusterd").add("/etc/glusterfs");
        return add("host/" + node, ArtifactKind.HOST_STATE, Optional.of(node), details);
    }

    /** What host states hold instead. */
    public Situations paths(String path) {
        manifests.stream()
                .filter(manifest -> manifest.origin().kind() == ArtifactKind.HOST_STATE)
                .forEach(manifest -> manifest.details().putArray("paths").add(path));
        return this;
    }

    public Situations add(String source, ArtifactKind kind, Optional<String> node, ObjectNode details) {
        var number = manifests.size();
        manifests.add(new Manifest(
                "repository",
                new ArtifactRef(
                        new SourceName(source),
                        new ArtifactId("20260102T03000%d000Z-0000000%d".formatted(number % 10, number % 10))),
                Optional.of(RUN),
                new Origin(kind, node, new Tool("test", "1"), List.of(), details),
                "1",
                BEGUN.plusSeconds(number),
                BEGUN.plusSeconds(number + 1L),
                3L << 30,
                1L << 30,
                1L << 20,
                Optional.empty(),
                65536,
                Encryption.AGE,
                DIGEST,
                DIGEST,
                Optional.empty()));
        return this;
    }

    /** What the target does not hold of that source. */
    Situations without(String source) {
        manifests.removeIf(manifest -> manifest.ref().source().value().equals(source));
        missing.add(new RecoveryPoint.Missing(new SourceName(source), "its node did not answer"));
        return this;
    }

    Situations devices(Map<String, String> given) {
        devices = given;
        return this;
    }

    public Situation make() {
        var standing = manifests.stream()
                .map(manifest -> new RecoveryPoint.Standing(
                        manifest.ref().source(),
                        manifest.ref().artifact(),
                        manifest.run(),
                        manifest.started(),
                        DIGEST,
                        Proof.REMOTE_DIGEST,
                        BEGUN))
                .toList();
        var point = new RecoveryPoint(
                RUN,
                missing.isEmpty() ? RecoveryPoint.Status.COMPLETE : RecoveryPoint.Status.DEGRADED,
                standing,
                missing,
                List.of());
        return new Situation(
                "sftp://vault.example/srv",
                List.of("-r", "sftp://vault.example/srv"),
                point,
                manifests,
                new GlusterControl(GlusterControl.SYSTEMD_STOP, GlusterControl.SYSTEMD_START, GlusterControl.PROGRAM),
                devices,
                List.of());
    }

    /** Its servers under other names, with bricks elsewhere. */
    public static NewServers elsewhere() {
        var names = new NewNames(
                Map.of(
                        "node-a", "new-a",
                        "node-a.example", "new-a.example",
                        "node-b", "new-b",
                        "node-b.example", "new-b.example",
                        "node-c", "new-c",
                        "node-c.example", "new-c.example"),
                List.of(new BrickPath(Optional.empty(), "/media/brick0", "/data/0")));
        return new NewServers(names, "new names.yaml", "END\nhosts: …\n");
    }
}
