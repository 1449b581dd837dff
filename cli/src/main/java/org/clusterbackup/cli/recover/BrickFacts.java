package org.clusterbackup.cli.recover;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.artifact.Manifest;

/** What a brick's manifest says about it and its volume: {@code details} of a brick in {@code docs/format.md}. */
public record BrickFacts(Manifest manifest) {

    /** One brick of a volume as glusterd knew it. */
    public record Place(String host, String path, String server) {}

    public String volume() {
        return text("volume");
    }

    public String volumeId() {
        return text("volumeId");
    }

    public String volumeType() {
        return text("volumeType");
    }

    public int index() {
        return details().path("brickIndex").asInt();
    }

    public int replicas() {
        return Math.max(1, details().path("replicaCount").asInt(1));
    }

    public int arbiters() {
        return details().path("arbiterCount").asInt();
    }

    public int dispersed() {
        return details().path("disperseCount").asInt();
    }

    public int setSize() {
        return dispersed() > 0 ? dispersed() : replicas();
    }

    public boolean isArbiter() {
        return index() % setSize() >= setSize() - arbiters();
    }

    public String node() {
        return manifest.origin().node().orElse(host());
    }

    public String host() {
        return text("brickHost");
    }

    public String path() {
        return text("brickPath");
    }

    public String mountPoint() {
        return text("mountPoint");
    }

    public String server() {
        return text("serverUuid");
    }

    public long pendingHeals() {
        return details().path("pendingHeals").asLong();
    }

    public Optional<String> fileSystemUuid() {
        return Optional.of(details().path("filesystem").path("uuid").asText()).filter(uuid -> !uuid.isEmpty());
    }

    public long fileSystemBytes() {
        return details().path("filesystem").path("sizeBytes").asLong();
    }

    /** All bricks of the volume in its order; empty in an artifact of a version that did not keep them. */
    public List<Place> bricks() {
        var places = new ArrayList<Place>();
        for (var brick : details().path("bricks")) {
            places.add(new Place(
                    brick.path("host").asText(),
                    brick.path("path").asText(),
                    brick.path("server").asText()));
        }
        return places;
    }

    private JsonNode details() {
        return manifest.details();
    }

    private String text(String member) {
        return details().path(member).asText();
    }
}
