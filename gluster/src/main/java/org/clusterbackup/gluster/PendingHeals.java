package org.clusterbackup.gluster;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** How many files of a brick's partners wait to be healed from it, as the brick itself has noted it. */
public final class PendingHeals {
    /** The file that all index entries are hard links of; it stands for no file of the volume. */
    private static final String BASE = "xattrop-";

    private PendingHeals() {}

    /**
     * Counts {@code .glusterfs/indices/xattrop} below the brick: 0 also if the brick has none yet.
     *
     * @throws BackupException SOURCE_INCOMPLETE if it cannot be read
     */
    public static long count(Path brick) throws BackupException {
        var index = brick.resolve(".glusterfs/indices/xattrop");
        var count = 0L;
        try (var entries = Files.newDirectoryStream(index)) {
            for (var entry : entries) {
                if (!String.valueOf(entry.getFileName()).startsWith(BASE)) {
                    count++;
                }
            }
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException | DirectoryIteratorException e) {
            throw new BackupException(
                    Kind.SOURCE_INCOMPLETE, "pending heals cannot be counted: " + index + ": " + e, e);
        }
        return count;
    }
}
