package org.clusterbackup.brickagent.backup;

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

    private Scratch() {}

    /** The folder for {@code node} below {@code scratch}, which agents of other nodes may share. */
    public static Path of(Path scratch, String node) {
        return scratch.resolve("host-state").resolve(SourceName.of(node).value());
    }

    /** Deletes what an earlier process of the same node left in {@code folder}. */
    public static void sweep(Path folder) {
        try (var left = Files.newDirectoryStream(folder, "host-state-*")) {
            left.forEach(Scratch::delete);
        } catch (NoSuchFileException e) {
            LOG.debug("nothing to sweep folder={}", folder);
        } catch (IOException e) {
            LOG.warn("working files are not swept folder={} reason={}", folder, e.getMessage());
        }
    }

    private static void delete(Path folder) {
        try (var paths = Files.walk(folder)) {
            paths.sorted(Comparator.reverseOrder()).forEach(path -> {
                if (!path.toFile().delete()) {
                    LOG.warn("working file stays path={}", path);
                }
            });
            LOG.info("swept folder={}", folder);
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("working files stay folder={} reason={}", folder, e.getMessage());
        }
    }
}
