package org.clusterbackup.cli.volume;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.clusterbackup.cli.place.AtExit;
import org.clusterbackup.cli.place.OwnedFolder;
import org.clusterbackup.cli.place.Trees;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;

/**
 * Files of a volume on their way into a directory: copied under a folder that only this user can enter, then each is moved to
 * its place, so that nothing half is to be seen there. The folder is gone after {@link #close}, and when the program is ended
 * by a signal that can be caught; after one that cannot, the next one in the same directory takes it away.
 */
public final class StagedFiles implements AutoCloseable {
    /** What is done with a file whose place is taken. */
    public enum Existing {
        REFUSE,
        KEEP,
        OVERWRITE
    }

    /**
     * How it ended: files and links that are at their places, and those that were left out since others are there, or the same,
     * as a restore leaves them that was killed.
     */
    public record Settled(long moved, long kept, long same) {
        private static final Settled NOTHING = new Settled(0, 0, 0);

        private Settled plus(Settled other) {
            return new Settled(moved + other.moved, kept + other.kept, same + other.same);
        }
    }

    /**
     * What a brick has beside the files: Gluster's own folder, and notes of where a file lies that has its name here and its
     * bytes in another set. They are files of mode 1000 without a byte, and an attribute tells them from a user's.
     */
    private static final String SEND = """
        command -v getfattr >/dev/null || { echo 'getfattr is not installed: install attr'; exit 1; }
        cd "$1" && find . -type f -perm 1000 -size 0 -exec sh -c '
          for file; do
            if getfattr -h -n trusted.glusterfs.dht.linkto -- "$file" >/dev/null 2>&1; then
              folder=${file%/*}; time=$(stat -c %.Y -- "$folder"); rm -- "$file"; touch -d "@$time" -- "$folder"
            fi
          done' sh {} + &&
        find . -mindepth 1 -maxdepth 1 ! -name .glusterfs ! -name .trashcan -print0 |
          tar --create --file=- --format=posix --null --files-from=- --sparse --numeric-owner --acls \\
            --xattrs --xattrs-include='user.*' --xattrs-include=security.capability
        """;

    /** {@code S_IFMT} of stat(2). */
    private static final int TYPE_BITS = 0xF000;

    private static final List<String> RECEIVE = List.of(
            "tar",
            "--extract",
            "--file=-",
            "--numeric-owner",
            "--same-owner",
            "--same-permissions",
            "--acls",
            "--xattrs",
            "--xattrs-include=user.*",
            "--xattrs-include=security.capability",
            "--delay-directory-restore");

    private static final String PREFIX = ".clusterbackup-";

    private final Path destination;
    private final OwnedFolder owned;
    private final Path folder;
    private final AtExit atExit;

    private StagedFiles(Path destination, OwnedFolder owned) {
        this.destination = destination;
        this.owned = owned;
        this.folder = files(owned.path());
        this.atExit = AtExit.remove(owned.path(), () -> remove(owned.path()));
    }

    private static Path files(Path owned) {
        return owned.resolve("files");
    }

    private static void remove(Path owned) throws IOException {
        Trees.delete(files(owned));
        OwnedFolder.remove(owned);
    }

    /** @throws BackupException {@code TARGET_UNFIT} if nothing can be made in {@code destination} */
    public static StagedFiles in(Path destination) throws BackupException {
        try {
            var made = new StagedFiles(destination, OwnedFolder.make(destination, PREFIX));
            Files.createDirectory(
                    made.folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return made;
        } catch (IOException e) {
            throw new BackupException(
                    Kind.TARGET_UNFIT, "cannot write to " + destination + ": " + FileReason.named(e), e);
        }
    }

    /**
     * Takes away what others left in this destination that were killed: it had not come to its place. Whose process lives, on
     * whichever machine the volume is mounted, has it locked, and it stays.
     *
     * @return what is gone
     */
    public List<Path> removeDeserted() throws IOException {
        var removed = new ArrayList<Path>();
        for (var deserted : owned.deserted(PREFIX)) {
            try {
                remove(deserted);
                removed.add(deserted);
            } catch (IOException e) {
                // Somebody else removes it: the next one tries again.
            }
        }
        return removed;
    }

    /**
     * Copies what was restored of a brick: bytes, holes, hard links, owners, modes, times, ACLs and attributes of users; none
     * of Gluster's own.
     *
     * @param brick its folder in a scratch file system, which is changed
     * @param said told of what did not go as it should, without ending the copy
     * @throws BackupException {@code TARGET_UNFIT} if something was not copied
     */
    public void add(Path brick, Path spool, Consumer<String> said)
            throws BackupException, IOException, InterruptedException {
        GlusterTimes.restore(brick, folder);
        var messages = Files.createTempFile(spool, "copy-", ".log");
        try {
            var to = ProcessBuilder.Redirect.appendTo(messages.toFile());
            var send = new ProcessBuilder("sh", "-c", SEND, "sh", brick.toString()).redirectError(to);
            var receive = new ProcessBuilder(RECEIVE).directory(folder.toFile()).redirectError(to);
            Stream.of(send, receive).forEach(builder -> builder.environment().put("LC_ALL", "C"));
            var codes = new ArrayList<Integer>();
            for (var process : ProcessBuilder.startPipeline(List.of(send, receive))) {
                codes.add(process.waitFor());
            }
            var lines = Files.readString(messages, StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
            if (codes.stream().anyMatch(code -> code != 0)) {
                throw new BackupException(
                        Kind.TARGET_UNFIT,
                        "not everything could be copied to " + destination + ": "
                                + String.join("; ", lines.subList(0, Math.min(10, lines.size()))));
            }
            lines.forEach(said);
        } finally {
            Files.delete(messages);
        }
    }

    /** Places that are taken by something else, at most {@code most} of them, relative to the destination. */
    public List<Path> taken(int most) throws IOException {
        var found = new ArrayList<Path>();
        taken(folder, destination, most, found);
        return found;
    }

    private void taken(Path from, Path to, int most, List<Path> found) throws IOException {
        for (var child : children(from)) {
            var place = to.resolve(child.getFileName());
            if (found.size() < most && Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                if (isFolder(child) && isFolder(place)) {
                    taken(child, place, most, found);
                } else if (!isSame(child, place)) {
                    found.add(destination.relativize(place));
                }
            }
        }
    }

    private static List<Path> children(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }

    /** Its type, and which device it is if it is one. */
    private static List<Object> special(Path path) throws IOException {
        var mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return List.of(mode & TYPE_BITS, Files.getAttribute(path, "unix:rdev", LinkOption.NOFOLLOW_LINKS));
    }

    /** Whether the same bytes are there already, or the same link or device. */
    private static boolean isSame(Path staged, Path place) throws IOException {
        var one = Files.readAttributes(staged, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        var other = Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (one.isRegularFile() && other.isRegularFile()) {
            return one.size() == other.size() && Files.mismatch(staged, place) < 0;
        }
        if (one.isOther() && other.isOther()) {
            return special(staged).equals(special(place));
        }
        return one.isSymbolicLink()
                && other.isSymbolicLink()
                && Files.readSymbolicLink(staged).equals(Files.readSymbolicLink(place));
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Moves all to their places. A folder that is not there is moved whole; one that is there stays as it is, with what comes.
     *
     * @throws BackupException {@code TARGET_UNFIT} if a folder is where a file goes, or the other way round
     */
    public Settled settle(Existing existing) throws BackupException, IOException {
        return settle(folder, destination, existing);
    }

    private Settled settle(Path from, Path to, Existing existing) throws BackupException, IOException {
        var settled = Settled.NOTHING;
        for (var child : children(from)) {
            var place = to.resolve(child.getFileName());
            settled = settled.plus(settleOne(child, place, existing));
        }
        return settled;
    }

    private Settled settleOne(Path child, Path place, Existing existing) throws BackupException, IOException {
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            if (isFolder(child) && isFolder(place)) {
                return settle(child, place, existing);
            }
            if (existing == Existing.KEEP) {
                return new Settled(0, count(child), 0);
            }
            if (existing == Existing.REFUSE && isSame(child, place)) {
                return new Settled(0, 0, 1);
            }
            if (existing == Existing.REFUSE || isFolder(child) || isFolder(place)) {
                throw new BackupException(Kind.TARGET_UNFIT, "something is at " + place + " already");
            }
        }
        var moved = count(child);
        Files.move(child, place, StandardCopyOption.ATOMIC_MOVE);
        return new Settled(moved, 0, 0);
    }

    private static long count(Path tree) throws IOException {
        try (var paths = Files.walk(tree)) {
            return paths.filter(path -> !isFolder(path)).count();
        }
    }

    /** After this everything that was moved is as durable as the destination's file system makes it. */
    public void sync() throws BackupException, IOException, InterruptedException {
        Trees.sync(destination);
    }

    @Override
    public void close() throws IOException {
        remove(owned.path());
        owned.close();
        atExit.done();
    }
}
