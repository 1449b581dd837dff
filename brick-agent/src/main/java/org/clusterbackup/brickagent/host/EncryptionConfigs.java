package org.clusterbackup.brickagent.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds files with an API server's keys for what it encrypts in etcd: those of kind {@code EncryptionConfiguration}. */
final class EncryptionConfigs extends SimpleFileVisitor<Path> {
    private static final Pattern KIND = Pattern.compile("[\"']?kind[\"']?\\s*:\\s*[\"']?EncryptionConfig(uration)?\\b");
    private static final Pattern NAME = Pattern.compile(".*\\.(ya?ml|json|conf)");
    private static final long MAX_BYTES = 1 << 20;

    private final Path hostRoot;
    private final Set<Path> named;
    private final Set<Path> found = new TreeSet<>();

    private EncryptionConfigs(Path hostRoot, Set<Path> named) {
        this.hostRoot = hostRoot;
        this.named = named;
    }

    /**
     * As an archive has them, where a link stays a link. What cannot be read is left out.
     *
     * @param paths on the host: files, and folders that are looked through
     * @param named files that count whatever their names end in
     * @return sorted paths on the host
     */
    static List<Path> below(Path hostRoot, List<Path> paths, Set<Path> named) {
        var finder = new EncryptionConfigs(hostRoot, named);
        for (var path : paths) {
            try {
                Files.walkFileTree(HostPaths.below(hostRoot, path), finder);
            } catch (IOException e) {
                throw new IllegalStateException("a finder that throws nothing", e);
            }
        }
        return List.copyOf(finder.found);
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        var path = Path.of("/").resolve(hostRoot.relativize(file));
        if (attributes.isRegularFile()
                && attributes.size() <= MAX_BYTES
                && (named.contains(path) || NAME.matcher(path.toString()).matches())
                && isOne(file)) {
            found.add(path);
        }
        return FileVisitResult.CONTINUE;
    }

    private static boolean isOne(Path file) {
        try {
            // Any byte is a character of it.
            return KIND.matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .find();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
        return FileVisitResult.CONTINUE;
    }
}
