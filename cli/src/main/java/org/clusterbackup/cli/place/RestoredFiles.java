package org.clusterbackup.cli.place;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.artifact.Manifest;

/**
 * What a restore left in a file system, counted as xfsdump counts: inodes that are no folders.
 *
 * @param orphans those of them that xfsrestore could not give a name
 */
public record RestoredFiles(long files, long orphans) {
    public static final String ORPHANAGE = "orphanage";

    private static final Pattern DELETED = Pattern.compile("([0-9]+) files were deleted .*");

    public static RestoredFiles count(Path mountPoint) throws IOException {
        var counter = new Counter(mountPoint);
        Files.walkFileTree(mountPoint, counter);
        return new RestoredFiles(counter.files.inodes(), counter.orphans.inodes());
    }

    /** Names, by the number of names that their inode has: on a Gluster brick every file has two, too many to remember each. */
    private static final class Inodes {
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
        private final Inodes files = new Inodes();
        private final Inodes orphans = new Inodes();

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
     * @throws BackupException {@code TARGET_UNFIT} if there are fewer files than the dump set out to hold, less those that
     *     it says were deleted meanwhile; manifests of short dumps do not say
     */
    public void requireAtLeast(Manifest manifest) throws BackupException {
        var announced = manifest.details().path("files").asLong(0);
        var deleted = deleted(manifest);
        if (files < announced - deleted) {
            throw new BackupException(
                    Kind.TARGET_UNFIT,
                    "only " + files + " files were restored of " + (announced - deleted) + " that the dump holds");
        }
    }

    /** How many files were deleted while they were dumped, and so have a name there and nothing else. */
    public static long deleted(Manifest manifest) {
        return manifest.origin().warnings().stream()
                .map(DELETED::matcher)
                .filter(Matcher::matches)
                .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
                .sum();
    }
}
