package org.clusterbackup.repository.artifact;

import java.util.Optional;
import org.clusterbackup.repository.ArtifactId;
import org.clusterbackup.repository.SourceName;

/** One artifact of one source: its folder in a repository. Ordered by source, then by time. */
public record ArtifactRef(SourceName source, ArtifactId artifact) implements Comparable<ArtifactRef> {
    public static final String MANIFEST = "manifest.json";
    public static final String SIGNATURE = "manifest.json.sig";
    public static final String PACKS = "packs";
    public static final String CONTENTS = "contents";
    public static final String INDEX = "index";

    /** The folder of all artifacts. */
    public static final String ROOT = "artifacts";

    /** The folder of all artifacts of {@code source}. */
    public static String folder(SourceName source) {
        return ROOT + "/" + source;
    }

    public String folder() {
        return folder(source) + "/" + artifact;
    }

    /** The object {@code file} of this artifact. */
    public String object(String file) {
        return folder() + "/" + file;
    }

    /** The artifact that the object {@code name} commits; empty for every other object. */
    public static Optional<ArtifactRef> committedBy(String name) {
        return name.endsWith("/" + MANIFEST) ? holding(name) : Optional.empty();
    }

    /** The artifact in whose folder the object {@code name} lies; empty for every other object. */
    public static Optional<ArtifactRef> holding(String name) {
        var end = name.lastIndexOf('/');
        var slash = name.lastIndexOf('/', end - 1);
        if (!name.startsWith(ROOT + "/")
                || slash <= ROOT.length()
                || !ArtifactId.isValid(name.substring(slash + 1, end))) {
            return Optional.empty();
        }
        try {
            var source = new SourceName(name.substring(ROOT.length() + 1, slash));
            return Optional.of(new ArtifactRef(source, new ArtifactId(name.substring(slash + 1, end))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(ArtifactRef other) {
        var bySource = source.compareTo(other.source);
        return bySource != 0 ? bySource : artifact.compareTo(other.artifact);
    }

    @Override
    public String toString() {
        return source + "/" + artifact;
    }
}
