package org.clusterbackup.brickagent.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Working files: an agent that was killed leaves some behind, which would fill the disk in time. */
public final class Scratch {
    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);

    private Scratch() {}

    /** Deletes what an earlier process left below {@code folder}, and nothing that this system did not make. */
    public static void sweep(Path folder) {
        for (var pattern : new String[] {"clusterbackup-*", "host-state-*"}) {
            try (var left = Files.newDirectoryStream(folder, pattern)) {
                left.forEach(Scratch::delete);
            } catch (NoSuchFileException e) {
                return;
            } catch (IOException e) {
                LOG.warn("working files are not swept folder={} reason={}", folder, e.getMessage());
            }
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
