package org.clusterbackup.gluster.migrate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;

/** What is where in glusterd's working directory. Paths are relative to it. */
final class StateTree {
    /** Scripts of the package or of people: nothing there is glusterd's own. */
    private static final Set<String> FOREIGN = Set.of("hooks", "groups", "geo-replication");

    private StateTree() {}

    /** All below {@code root}, folders before what is in them; links are not followed. */
    static List<Path> below(Path root) throws BackupException {
        try (var paths = Files.walk(root)) {
            return paths.filter(path -> !path.equals(root))
                    .map(root::relativize)
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new BackupException(Kind.SOURCE_INCOMPLETE, "glusterd's state cannot be listed: " + e, e);
        }
    }

    /** Folders of volumes, those of snapshots too. */
    static List<Path> volumes(Path root) throws BackupException {
        var volumes = new ArrayList<>(folders(root, Path.of("vols")));
        for (var snapshot : folders(root, Path.of("snaps"))) {
            volumes.addAll(folders(root, snapshot));
        }
        return volumes;
    }

    /** In order of name; glusterd's temporary files left out. */
    static List<Path> files(Path root, Path folder) throws BackupException {
        return children(root, folder).stream()
                .filter(child ->
                        Files.isRegularFile(root.resolve(child), LinkOption.NOFOLLOW_LINKS) && !isTemporary(child))
                .toList();
    }

    private static List<Path> folders(Path root, Path folder) throws BackupException {
        return children(root, folder).stream()
                .filter(child -> Files.isDirectory(root.resolve(child), LinkOption.NOFOLLOW_LINKS))
                .toList();
    }

    private static List<Path> children(Path root, Path folder) throws BackupException {
        if (!Files.isDirectory(root.resolve(folder), LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        var children = new ArrayList<Path>();
        try (var stream = Files.newDirectoryStream(root.resolve(folder))) {
            stream.forEach(child -> children.add(root.relativize(child)));
        } catch (IOException | DirectoryIteratorException e) {
            throw new BackupException(Kind.SOURCE_INCOMPLETE, "glusterd's state cannot be listed: " + e, e);
        }
        children.sort(null);
        return children;
    }

    private static boolean isTemporary(Path file) {
        return file.toString().endsWith(".tmp");
    }

    static boolean isForeign(Path file) {
        return FOREIGN.contains(file.getName(0).toString());
    }

    /** What a glusterd that starts makes anew, or what is left of one that ended: it is not taken along. */
    static boolean isMadeAnew(Path file) {
        var name = String.valueOf(file.getFileName());
        return !isForeign(file)
                && (name.endsWith(".vol")
                        || name.endsWith(".pid")
                        || name.endsWith(".socket")
                        || isTemporary(file)
                        || (name.equals("cksum") && isVolume(file.getParent())));
    }

    /** Whether glusterd acts on what stands there: then an old name in it is a mistake, not a remark. */
    static boolean isActedOn(Path file) {
        var parent = file.getParent();
        var name = String.valueOf(file.getFileName());
        return !isForeign(file)
                && (name.endsWith(".vol")
                        || file.startsWith("peers")
                        || (name.equals("info") && isVolume(parent))
                        || (parent != null && parent.endsWith("bricks") && isVolume(parent.getParent())));
    }

    private static boolean isVolume(@Nullable Path folder) {
        return folder != null
                && ((folder.startsWith("vols") && folder.getNameCount() == 2)
                        || (folder.startsWith("snaps") && folder.getNameCount() == 3));
    }
}
