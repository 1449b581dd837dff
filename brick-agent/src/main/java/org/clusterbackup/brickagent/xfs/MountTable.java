package org.clusterbackup.brickagent.xfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** The mounts that this process sees, in the order in which they were made. */
public record MountTable(List<Mount> mounts) {
    private static final Path OWN = Path.of("/proc/self/mountinfo");

    public MountTable {
        mounts = List.copyOf(mounts);
    }

    public static MountTable current() throws BackupException {
        try {
            return parse(Files.readAllLines(OWN));
        } catch (IOException e) {
            throw new BackupException(Kind.FAILED, "the mounts cannot be read: " + OWN + ": " + e, e);
        }
    }

    static MountTable parse(List<String> lines) {
        return new MountTable(
                lines.stream().filter(line -> !line.isBlank()).map(Mount::parse).toList());
    }

    /** The mount that {@code path} (absolute, without symbolic links) lies on: the deepest one, of equals the last made. */
    public Optional<Mount> holding(Path path) {
        var found = Optional.<Mount>empty();
        for (var mount : mounts) {
            if (path.startsWith(mount.point())
                    && found.map(best -> mount.point().startsWith(best.point())).orElse(true)) {
                found = Optional.of(mount);
            }
        }
        return found;
    }

    /** A visible mount of the whole of the file system that {@code mount} shows: itself if it does. */
    public Optional<Mount> wholeOf(Mount mount) {
        if (mount.isWhole()) {
            return Optional.of(mount);
        }
        return mounts.stream()
                .filter(other -> other.device().equals(mount.device()) && other.isWhole())
                .filter(other -> holding(other.point()).equals(Optional.of(other)))
                .findFirst();
    }
}
