package org.clusterbackup.gluster.testing;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Copies of working directories of glusterd 10.3; volumes' passwords are others than they were. */
public final class CapturedState {
    /** One of three servers; gv0 2 x 2, arb 1 x (2 + 1), ec 1 x (2 + 1) dispersed, dist of 2. */
    public static final String THREE_NODES = "three-nodes";

    /**
     * {@code node1} of three servers, the bricks on two: gv0 1 x 2 with quota, bitrot detection, {@code auth.allow}; dist of 2, rebalanced. With
     * what a running one leaves: volume files, of which some are left out, and files of processes' ids.
     */
    public static final String TWO_BRICKS = "two-bricks";

    private CapturedState() {}

    /** Makes the folder {@code to}. */
    public static Path copy(String name, Path to) throws IOException {
        try {
            var resource = Objects.requireNonNull(CapturedState.class.getResource("/glusterd/" + name))
                    .toURI();
            if (resource.getScheme().equals("jar")) {
                var parts = resource.toString().split("!", 2);
                try (var jar = FileSystems.newFileSystem(URI.create(parts[0]), Map.of())) {
                    copyTree(jar.getPath(parts[1]), to);
                }
            } else {
                copyTree(Path.of(resource), to);
            }
            return to;
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (var path : paths.filter(Files::isRegularFile).toList()) {
                var copy = to.resolve(from.relativize(path).toString());
                Files.createDirectories(Objects.requireNonNull(copy.getParent()));
                Files.copy(path, copy);
            }
        }
    }
}
