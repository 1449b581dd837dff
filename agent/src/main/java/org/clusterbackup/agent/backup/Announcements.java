package org.clusterbackup.agent.backup;

import java.util.Optional;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.repository.artifact.Manifests;

/** What is said of an artifact that is committed, all of it from its manifest. */
public final class Announcements {
    /** The member of a brick's details that {@link ArtifactReady} repeats. */
    public static final String REPLICA_SET = "replicaSet";

    private Announcements() {}

    public static ArtifactReady of(Manifests.Verified verified) {
        var manifest = verified.manifest();
        var set = manifest.details().path(REPLICA_SET);
        return new ArtifactReady(
                manifest.ref().source().value(),
                manifest.ref().artifact().value(),
                manifest.run(),
                manifest.origin().node(),
                set.isTextual() ? Optional.of(set.asText()) : Optional.empty(),
                verified.sha256().hex(),
                manifest.started(),
                manifest.finished(),
                manifest.streamBytes(),
                manifest.storedBytes(),
                manifest.newBytes());
    }
}
