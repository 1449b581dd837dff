package org.clusterbackup.cli.place;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Folders of working files. */
public final class Trees {
    private Trees() {}

    /** After this everything that was written to the file system of {@code place} is on its disk. */
    public static void sync(Path place) throws BackupException, IOException, InterruptedException {
        var process = new ProcessBuilder("sync", "--file-system", place.toString())
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new BackupException(Kind.TARGET_UNFIT, "cannot sync " + place + ": " + said.strip());
        }
    }

    /** Deletes {@code tree} with all that is in it; links are not followed. */
    public static void delete(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var paths = Files.walk(tree)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
