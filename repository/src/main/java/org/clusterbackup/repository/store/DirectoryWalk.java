package org.clusterbackup.repository.store;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Visits files, links unfollowed; what vanishes meanwhile is passed over, what cannot be read ends it. */
final class DirectoryWalk extends SimpleFileVisitor<Path> {
    /** Belongs to the file system, and only root may read it. */
    private static final Path LOST_AND_FOUND = Path.of("lost+found");

    private final Path root;
    private final BiConsumer<Path, BasicFileAttributes> each;

    DirectoryWalk(Path root, BiConsumer<Path, BasicFileAttributes> each) {
        this.root = root;
        this.each = each;
    }

    static boolean isLostAndFound(Path root, Path path) {
        return root.relativize(path).equals(LOST_AND_FOUND);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        return isLostAndFound(root, folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        each.accept(file, attributes);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
        if (e instanceof NoSuchFileException || isLostAndFound(root, file)) {
            return FileVisitResult.CONTINUE;
        }
        throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
        if (e == null || e instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw e;
    }
}
