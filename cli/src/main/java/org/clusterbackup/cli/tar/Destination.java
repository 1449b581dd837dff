package org.clusterbackup.cli.tar;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;

/**
 * Where a tree is restored to.
 *
 * @param aside where what stands in the way is kept; empty for a destination that was empty at the start
 */
public record Destination(Path root, Optional<Path> aside) {

    /** @throws BackupException {@code TARGET_UNFIT} if something is in {@code directory} already */
    public static Destination empty(Path directory) throws BackupException {
        try {
            Files.createDirectories(directory);
            try (var entries = Files.list(directory)) {
                if (entries.findAny().isPresent()) {
                    throw new BackupException(Kind.TARGET_UNFIT, directory + " is not empty")
                            .withHint("--replace restores into it and keeps what it replaces aside");
                }
            }
            return new Destination(directory.toRealPath(), Optional.empty());
        } catch (IOException e) {
            throw new BackupException(
                    Kind.TARGET_UNFIT, "cannot restore to " + directory + ": " + FileReason.named(e), e);
        }
    }

    /** A directory that may hold things already; what the archive brings takes their place. */
    public static Destination replacing(Path directory, Path aside) throws BackupException {
        try {
            if (Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
                throw new BackupException(Kind.TARGET_UNFIT, "something is at " + aside + " already")
                        .withHint("choose another place with --aside");
            }
            return new Destination(directory.toRealPath(), Optional.of(aside.toAbsolutePath()));
        } catch (IOException e) {
            throw new BackupException(
                    Kind.TARGET_UNFIT, "cannot restore to " + directory + ": " + FileReason.named(e), e);
        }
    }

    /** Why the member must not be restored here, because of what is on the disk already. */
    Optional<String> objection(TarEntry entry) {
        if (aside.isEmpty()) {
            return Optional.empty();
        }
        if (!entry.nameIsText()) {
            return Optional.of("its name is not UTF-8; restore it to an empty directory");
        }
        // Below the file system's own root no link leads out.
        if (root.getParent() == null) {
            return Optional.empty();
        }
        // A hard link to what lies behind one would be a second name of a file of somebody else's.
        return behindLink(entry.segments())
                .or(() ->
                        entry.type() == TarEntry.Type.HARD_LINK ? behindLink(entry.linkSegments()) : Optional.empty());
    }

    private Optional<String> behindLink(List<String> segments) {
        var path = root;
        for (var segment : segments.subList(0, Math.max(0, segments.size() - 1))) {
            path = path.resolve(TarEntry.readable(segment));
            if (Files.isSymbolicLink(path)) {
                return Optional.of("it lies behind the symbolic link " + path);
            }
        }
        return Optional.empty();
    }

    /** Moves aside what the member would replace; folders in the place of folders stay. */
    boolean makeWay(TarEntry entry) throws IOException, BackupException {
        if (aside.isEmpty() || entry.segments().isEmpty()) {
            return false;
        }
        var old = root.resolve(entry.name());
        if (!Files.exists(old, LinkOption.NOFOLLOW_LINKS)
                || (entry.type() == TarEntry.Type.FOLDER && Files.isDirectory(old, LinkOption.NOFOLLOW_LINKS))) {
            return false;
        }
        var kept = aside.get().resolve(entry.name());
        var folder = kept.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try {
            Files.move(old, kept, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            acrossFileSystems(old, kept);
        }
        return true;
    }

    /** mv keeps owners and attributes, which Java's own copy does not. */
    private static void acrossFileSystems(Path old, Path kept) throws IOException, BackupException {
        try {
            var move = new ProcessBuilder(List.of("mv", "-T", "--", old.toString(), kept.toString()))
                    .inheritIO()
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (move.waitFor() != 0) {
                throw new BackupException(Kind.FAILED, "cannot keep " + old + " aside at " + kept);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Kind.FAILED, "interrupted while keeping " + old + " aside", e);
        }
    }
}
