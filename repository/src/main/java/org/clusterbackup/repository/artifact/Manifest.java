package org.clusterbackup.repository.artifact;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.JsonMembers;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.crypto.Encryption;

/**
 * What is open to read of an artifact: {@code manifest.json} of {@code docs/format.md}, member by member.
 *
 * @param run empty for {@code store}
 * @param indexSha256 empty if no index was kept
 */
public record Manifest(
        String repository,
        ArtifactRef ref,
        Optional<String> run,
        Origin origin,
        String writer,
        Instant started,
        Instant finished,
        long streamBytes,
        long storedBytes,
        long newBytes,
        Optional<ArtifactId> base,
        int chunkAverageBytes,
        Encryption encryption,
        Sha256 packsSha256,
        Sha256 contentsSha256,
        Optional<Sha256> indexSha256) {
    private static final int FORMAT = 1;

    /** The bytes that are signed and stored. */
    public byte[] toBytes() {
        var json = JsonLayout.object();
        json.put("format", FORMAT);
        json.put("repository", repository);
        json.put("source", ref.source().value());
        json.put("artifact", ref.artifact().value());
        run.ifPresent(value -> json.put("run", value));
        json.put("kind", origin.kind().text());
        origin.node().ifPresent(value -> json.put("node", value));
        json.putObject("tool")
                .put("name", origin.tool().name())
                .put("version", origin.tool().version());
        json.put("writer", writer);
        json.put("started", started.toString());
        json.put("finished", finished.toString());
        json.put("streamBytes", streamBytes);
        json.put("storedBytes", storedBytes);
        json.put("newBytes", newBytes);
        var warnings = json.putArray("warnings");
        origin.warnings().forEach(warnings::add);
        json.set("details", origin.details());
        base.ifPresent(value -> json.put("base", value.value()));
        json.put("chunkAverageBytes", chunkAverageBytes);
        json.put("encryption", encryption.text());
        json.put("packsSha256", packsSha256.hex());
        json.put("contentsSha256", contentsSha256.hex());
        indexSha256.ifPresent(value -> json.put("indexSha256", value.hex()));
        return JsonLayout.write(json);
    }

    /**
     * @param name of the object, for messages
     * @throws BackupException {@code DAMAGED} or {@code UNKNOWN_FORMAT}
     */
    public static Manifest parse(String name, byte[] bytes) throws BackupException {
        var json = JsonLayout.parse(name, bytes).requireFormat(FORMAT);
        return new Manifest(
                json.text("repository"),
                new ArtifactRef(json.source("source"), json.artifact("artifact")),
                json.optionalText("run"),
                origin(json),
                json.text("writer"),
                json.time("started"),
                json.time("finished"),
                json.number("streamBytes"),
                json.number("storedBytes"),
                json.number("newBytes"),
                json.has("base") ? Optional.of(json.artifact("base")) : Optional.empty(),
                (int) Math.min(Integer.MAX_VALUE, json.number("chunkAverageBytes")),
                Encryption.parse(json.text("encryption")).orElseThrow(() -> json.bad("encryption", "age or none")),
                json.digest("packsSha256"),
                json.digest("contentsSha256"),
                json.optionalDigest("indexSha256"));
    }

    private static Origin origin(JsonMembers json) throws BackupException {
        var tool = json.members("tool");
        return new Origin(
                ArtifactKind.parse(json.text("kind")).orElseThrow(() -> json.bad("kind", "a known kind")),
                json.optionalText("node"),
                new Tool(tool.text("name"), tool.text("version")),
                json.texts("warnings"),
                json.members("details").object());
    }

    /** What the source's kind says about it. */
    public ObjectNode details() {
        return origin.details();
    }
}
