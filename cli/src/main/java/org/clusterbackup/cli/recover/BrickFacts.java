package org.clusterbackup.cli.recover;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.artifact.Manifest;

/**
 * What a brick's manifest says about it and its volume: {@code details} of a brick in {@code docs/format.md}. What it does
 * not say is empty, or 0.
 */
public record BrickFacts(Manifest manifest) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]+");
    private static final Pattern PATH = Pattern.compile("/[^\\p{Cntrl}`]*");
    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}`/]+");

    /**
     * What a signer may say is bound to the source that it signs for, so the manifest must speak of that one: empty if it
     * does, otherwise what is wrong.
     */
    public Optional<String> contradiction() {
        var source = manifest.ref().source();
        if (!NAME.matcher(volume()).matches()
                || !NAME.matcher(node()).matches()
                || !SourceName.of("brick", volume(), "" + index(), node()).equals(source)) {
            return Optional.of(source + " speaks of another brick");
        }
        if (!PATH.matcher(path()).matches()
                || !PATH.matcher(mountPoint()).matches()
                || !Path.of(path()).startsWith(mountPoint())
                || !Path.of(path()).equals(Path.of(path()).normalize())) {
            return Optional.of(source + " has no brick below a mount point");
        }
        if (!ID.matcher(volumeId()).matches() || !ID.matcher(server()).matches()) {
            return Optional.of(source + " does not say of which volume and server it is");
        }
        return Optional.empty();
    }

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

    /** Why nobody knows how to bring bricks of such a volume back; empty if that was proved on the real thing. */
    public Optional<String> noRule() {
        if (dispersed() > 0 || volumeType().contains("Disperse")) {
            return Optional.of("is dispersed: its bricks hold fragments that were dumped at different moments");
        }
        return Optional.of("is striped").filter(_ -> volumeType().contains("Stripe"));
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

    public long usedBytes() {
        return details().path("filesystem").path("usedBytes").asLong(manifest.streamBytes());
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
