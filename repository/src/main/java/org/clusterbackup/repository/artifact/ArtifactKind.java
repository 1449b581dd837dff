package org.clusterbackup.repository.artifact;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What the plain stream of an artifact is. */
public enum ArtifactKind {
    /** An xfsdump of a gluster brick's file system. */
    BRICK,
    /** A tar of a node's state. */
    HOST_STATE,
    /** An etcd snapshot. */
    ETCD,
    /** A tar of Kubernetes objects. */
    KUBERNETES,
    /** Any other tar. */
    TREE,
    /** Any other bytes. */
    STREAM;

    /** As manifests spell it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<ArtifactKind> parse(String text) {
        return Stream.of(values()).filter(kind -> kind.text().equals(text)).findFirst();
    }
}
