package org.clusterbackup.cli.place;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.TreeMap;
import org.clusterbackup.cli.dump.Inodes;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * What a restore left in a file system, counted as xfsdump counts: inodes that are no folders.
 *
 * @param orphans those of them that xfsrestore could not give a name
 */
public record RestoredFiles(long files, long orphans) {
    public static final String ORPHANAGE = "orphanage";

    public static RestoredFiles count(Path mountPoint) throws IOException {
        var counter = new Counter(mountPoint);
        Files.walkFileTree(mountPoint, counter);
        return new RestoredFiles(counter.files.inodes(), counter.orphans.inodes());
    }

    /** Names, by the number of names that their inode has: on a Gluster brick every file has two, too many to remember each. */
    private static final class LinkedNames {
        private final TreeMap<Integer, Long> names = new TreeMap<>();

        void add(int links) {
            names.merge(links, 1L, Long::sum);
        }

        /** All names of an inode lie in the file system that is counted. */
        long inodes() {
            return names.entrySet().stream()
                    .mapToLong(entry -> Math.ceilDiv(entry.getValue(), (long) entry.getKey()))
                    .sum();
        }
    }

    private static final class Counter extends SimpleFileVisitor<Path> {
        private final Path marker;
        private final Path orphanage;
        private final LinkedNames files = new LinkedNames();
        private final LinkedNames orphans = new LinkedNames();

        Counter(Path mountPoint) {
            marker = mountPoint.resolve(UnusableMarker.NAME);
            orphanage = mountPoint.resolve(ORPHANAGE);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (!file.equals(marker)) {
                var links = (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
                files.add(links);
                if (file.startsWith(orphanage)) {
                    orphans.add(links);
                }
            }
            return FileVisitResult.CONTINUE;
        }
    }

    /**
     * @param dumped what was in the dump, if that is known
     * @throws BackupException {@code TARGET_UNFIT} if there are fewer files
     */
    public void requireAll(Optional<Inodes> dumped) throws BackupException {
        var held = dumped.map(Inodes::count).orElse(0L);
        if (files < held) {
            throw new BackupException(
                    Kind.TARGET_UNFIT, "only " + files + " files were restored of " + held + " that the dump holds");
        }
    }
}
