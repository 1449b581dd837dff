package org.clusterbackup.brickagent.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import org.clusterbackup.repository.SourceName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Generated files of host state: an agent that was killed leaves some behind. What writers spool they sweep themselves. */
public final class Scratch {
    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

    private static final String PREFIX = "host-state-";

    private Scratch() {}

    /** The folder for {@code node} below {@code scratch}, which agents of other nodes may share. */
    public static Path of(Path scratch, String node) {
        return scratch.resolve("host-state").resolve(SourceName.of(node).value());
    }

    /** Deletes what an earlier process of the same node left in {@code folder}. */
    public static void sweep(Path folder) {
        try (var left = Files.newDirectoryStream(folder, PREFIX + "*")) {
            left.forEach(old -> {
                delete(old);
                LOG.info("swept folder={}", old);
            });
        } catch (NoSuchFileException e) {
            LOG.debug("nothing to sweep folder={}", folder);
        } catch (IOException e) {
            LOG.warn("working files are not swept folder={} reason={}", folder, e.getMessage());
        }
    }

    /** A new folder in {@code folder}, which is made where it is missing; {@link #sweep} knows it. */
    static Path make(Path folder) throws IOException {
        return Files.createTempDirectory(Files.createDirectories(folder), PREFIX);
    }

    /** Deletes {@code folder} with all that is in it; what stays is logged. */
    static void delete(Path folder) {
        try (var paths = Files.walk(folder)) {
            paths.sorted(Comparator.reverseOrder()).forEach(path -> {
                if (!path.toFile().delete()) {
                    LOG.warn("working file stays path={}", path);
                }
            });
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("working files stay folder={} reason={}", folder, e.getMessage());
        }
    }
}
