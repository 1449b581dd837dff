package org.clusterbackup.gluster.migrate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes a state as its plan wants it, beside the old one. */
final class StateCopy extends SimpleFileVisitor<Path> {
    private final MigrationPlan plan;
    private final Path to;

    private StateCopy(MigrationPlan plan, Path to) {
        this.plan = plan;
        this.to = to;
    }

    /** With owners, modes and attributes. When it returns, everything but the name of {@code to} itself is on the disk. */
    static void write(MigrationPlan plan, Path to) throws IOException {
        Files.walkFileTree(plan.root(), new StateCopy(plan, to));
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
        copy(folder, target(folder));
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        var relative = plan.root().relativize(file);
        var rewritten = plan.rewritten().get(relative);
        if (rewritten != null) {
            var now = to.resolve(rewritten.to());
            copy(file, now);
            Files.writeString(now, rewritten.content(), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            force(now);
        } else if (!plan.deleted().contains(relative) && !attributes.isOther()) {
            copy(file, target(file));
            if (attributes.isRegularFile()) {
                force(target(file));
            }
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
        if (failure != null) {
            throw failure;
        }
        force(target(folder));
        return FileVisitResult.CONTINUE;
    }

    private Path target(Path path) {
        return to.resolve(plan.root().relativize(path));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    }

    /** For a folder, too: on Linux that makes the names in it durable. */
    static void force(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Links are deleted and not followed. Nothing happens if there is nothing. */
    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** The folder that holds {@code path}. */
    static Path parent(Path path) {
        return Objects.requireNonNull(path.toAbsolutePath().getParent(), "the root holds no state");
    }
}
