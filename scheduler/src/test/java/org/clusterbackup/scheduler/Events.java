package org.clusterbackup.scheduler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.ArtifactShipped;
import org.clusterbackup.events.BackupFailed;
import org.clusterbackup.events.BackupRequest;
import org.clusterbackup.events.DrillEntered;
import org.clusterbackup.events.Proof;
import org.clusterbackup.events.RecoveryPointReached;
import org.clusterbackup.events.SourceAnnounced;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.scheduler.run.Book;

/** Events as agents and shippers would publish them. */
public final class Events {
    public static final Instant T0 = Instant.parse("2026-11-22T03:00:00Z");
    public static final String SHA = "0".repeat(64);
    public static final String ARTIFACT = "20261122T030000123Z-0a1b2c3d";

    /** Whatever anybody says of a ledger. */
    public static final Book.Ledgers BELIEVED = (target, entry, signature) -> {};

    private Events() {}

    public static BackupRequest request(String run, String... sources) {
        return new BackupRequest(run, Optional.empty(), List.of(sources), T0, T0.plus(24, ChronoUnit.HOURS));
    }

    public static SourceAnnounced announced(String source, Instant at) {
        return new SourceAnnounced(
                source,
                "brick",
                Optional.of("node-a"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                at);
    }

    public static ArtifactReady ready(String run, String source) {
        return new ArtifactReady(
                source,
                ARTIFACT,
                Optional.of(run),
                Optional.empty(),
                Optional.empty(),
                SHA,
                T0,
                T0.plusSeconds(20),
                1000,
                500,
                500);
    }

    public static ArtifactShipped shipped(String run, String source, String target) {
        return new ArtifactShipped(
                source,
                ARTIFACT,
                Optional.of(run),
                target,
                SHA,
                T0,
                T0.plusSeconds(60),
                Proof.REMOTE_DIGEST,
                T0.plusSeconds(50),
                1000,
                500,
                0);
    }

    public static BackupFailed failed(String run, String source, Optional<String> target, boolean ended) {
        return new BackupFailed(
                source, Optional.of(run), "dump", target, "failed", "it broke", ended, T0.plusSeconds(10));
    }

    public static BackupFailed spared(String run, String source) {
        return new BackupFailed(
                source,
                Optional.of(run),
                "request",
                Optional.empty(),
                BackupFailed.SPARED,
                "left to a replica",
                true,
                T0.plusSeconds(10));
    }

    public static RecoveryPointReached reached(
            String run, String target, int number, String status, String... sources) {
        return reached(run, target, number, status, List.of(), sources);
    }

    public static RecoveryPointReached reached(
            String run, String target, int number, String status, List<String> missing, String... sources) {
        return reached(run, target, number, status, missing, List.of(), sources);
    }

    /** @param problems notes that degrade it */
    public static RecoveryPointReached reached(
            String run,
            String target,
            int number,
            String status,
            List<String> missing,
            List<String> problems,
            String... sources) {
        var json = entry(target, number, "recovery-point");
        var body = json.putObject("body");
        body.put("run", run);
        body.put("status", status);
        var list = body.putArray("sources");
        for (var source : sources) {
            list.addObject()
                    .put("source", source)
                    .put("artifact", ARTIFACT)
                    .put("run", run)
                    .put("started", T0.toString())
                    .put("manifestSha256", SHA)
                    .put("proof", "remote-digest")
                    .put("proved", T0.toString());
        }
        var lacking = body.putArray("missing");
        missing.forEach(
                source -> lacking.addObject().put("source", source).put("reason", "nothing of this run was shipped"));
        var notes = body.putArray("notes");
        notes.addObject().put("source", "etcd/main").put("degrades", false).put("text", "all is well");
        problems.forEach(text -> notes.addObject()
                .put("source", "etcd/main")
                .put("degrades", true)
                .put("text", text));
        var bytes = JsonLayout.write(json);
        return new RecoveryPointReached(
                run, target, number + "-" + Sha256.of(bytes), new String(bytes, StandardCharsets.UTF_8), "unsigned");
    }

    private static ObjectNode entry(String target, int number, String kind) {
        var json = JsonLayout.object();
        json.put("format", 1);
        json.put("repository", "0".repeat(32));
        json.put("target", target);
        json.put("number", number);
        json.putArray("previous");
        json.put("time", T0.plusSeconds(100L * number).toString());
        json.put("kind", kind);
        json.putObject("heads");
        return json;
    }

    public static DrillEntered drill(String run, String target, int number, Instant time, boolean ok, boolean whole) {
        var json = entry(target, number, "drill");
        json.putObject("body")
                .put("report", "drills/" + number + ".json")
                .put("sha256", SHA)
                .put("ok", ok)
                .put("run", run)
                .put("time", time.toString())
                .put("whole", whole);
        var bytes = JsonLayout.write(json);
        return new DrillEntered(
                target, number + "-" + Sha256.of(bytes), new String(bytes, StandardCharsets.UTF_8), "unsigned");
    }
}
