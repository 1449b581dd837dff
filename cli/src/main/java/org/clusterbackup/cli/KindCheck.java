package org.clusterbackup.cli;

import java.util.Set;
import java.util.stream.Collectors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.Manifest;

/** Whether a command is the one for an artifact. */
final class KindCheck {
    private KindCheck() {}

    /** @throws BackupException {@code USAGE} and the command that restores it, if it is of no kind of {@code taken} */
    static void require(Manifest manifest, Set<ArtifactKind> taken) throws BackupException {
        var kind = manifest.origin().kind();
        if (taken.contains(kind)) {
            return;
        }
        var names = taken.stream().map(ArtifactKind::text).sorted().collect(Collectors.joining(" or "));
        throw BackupCommand.usage(manifest.ref() + " is of kind " + kind.text() + ", not " + names)
                .withHint("'clusterbackup " + command(kind) + "' is for those");
    }

    private static String command(ArtifactKind kind) {
        return switch (kind) {
            case BRICK -> "restore brick";
            case HOST_STATE -> "restore host-state";
            case ETCD -> "restore etcd";
            case KUBERNETES -> "restore kubernetes";
            case TREE -> "restore tree";
            case STREAM -> "cat";
        };
    }
}
