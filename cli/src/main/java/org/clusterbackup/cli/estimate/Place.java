package org.clusterbackup.cli.estimate;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.clusterbackup.cli.place.Mount;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;

/**
 * What a backup of a folder, or of a whole file system, would have to read.
 *
 * @param mount where its file system is mounted, and of which type
 * @param whole whether the place is the root of its file system, which a dump reads whole
 * @param files files, folders, links and whatever else has an inode of its own
 * @param usedBytes of a whole file system what it says itself; otherwise the lengths of its files, holes too
 * @param unreadable names that nobody could look at
 * @param sample some of the files, chosen by chance
 */
public record Place(
        Path path, Mount mount, boolean whole, long files, long usedBytes, long unreadable, List<Path> sample) {
    /** Enough to see how they compress, and few enough to be read in seconds. */
    private static final int SAMPLED = 512;

    public Place {
        sample = List.copyOf(sample);
    }

    /**
     * Looks at every name below {@code path}, and into no other file system. Memory does not grow with them.
     *
     * @throws BackupException {@code USAGE} if it is no folder that can be read
     */
    public static Place survey(Path path) throws BackupException {
        try {
            var real = path.toRealPath();
            if (!Files.isDirectory(real)) {
                throw new BackupException(Kind.USAGE, path + " is no folder");
            }
            // What may not be looked into fails here, and not as an empty place.
            try (var names = Files.newDirectoryStream(real)) {
                var unused = names.iterator().hasNext();
            }
            var mount = Mount.of(real).orElseThrow(() -> new BackupException(Kind.USAGE, "no mount holds " + path));
            var whole = mount.point().equals(real) && mount.root().equals("/");
            var walk = new Walk(real);
            Files.walkFileTree(real, walk);
            var store = Files.getFileStore(real);
            return new Place(
                    path,
                    mount,
                    whole,
                    Math.round(walk.files),
                    whole ? store.getTotalSpace() - store.getUnallocatedSpace() : Math.round(walk.bytes),
                    walk.unreadable,
                    walk.sample);
        } catch (IOException e) {
            throw new BackupException(Kind.USAGE, path + " cannot be looked at: " + e, e);
        }
    }

    /** Counts a file with several names by a share for each: Gluster gives every file two. */
    private static final class Walk extends SimpleFileVisitor<Path> {
        private final long device;
        private final Random random = new Random(0);
        private final List<Path> sample = new ArrayList<>();
        private double files;
        private double bytes;
        private long unreadable;
        private long regular;

        Walk(Path root) throws IOException {
            device = attribute(root, "dev");
        }

        private static long attribute(Path path, String name) throws IOException {
            var value = Files.getAttribute(path, "unix:" + name, LinkOption.NOFOLLOW_LINKS);
            return value instanceof Number number ? number.longValue() : 0;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes found) throws IOException {
            if (attribute(folder, "dev") != device) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            files++;
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes found) {
            try {
                var names = Math.max(1, attribute(file, "nlink"));
                files += 1.0 / names;
                if (found.isRegularFile()) {
                    bytes += (double) found.size() / names;
                    choose(file);
                }
            } catch (IOException e) {
                unreadable++;
            }
            return FileVisitResult.CONTINUE;
        }

        /** Each has the same chance, however many come. */
        private void choose(Path file) {
            regular++;
            if (sample.size() < SAMPLED) {
                sample.add(file);
                return;
            }
            var place = random.nextLong(regular);
            if (place < SAMPLED) {
                sample.set((int) place, file);
            }
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException why) {
            unreadable++;
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException why) {
            if (why != null) {
                unreadable++;
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
