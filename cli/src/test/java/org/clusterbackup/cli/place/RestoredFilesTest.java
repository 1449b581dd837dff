package org.clusterbackup.cli.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoredFilesTest {
    @Test
    void aFileOfSeveralNamesCountsOnceWhereverTheseAre(@TempDir Path place) throws Exception {
        var folder = Files.createDirectories(place.resolve("brick/.glusterfs"));
        for (var i = 0; i < 3; i++) {
            var file = Files.createFile(place.resolve("brick/" + i));
            Files.createLink(folder.resolve("link-" + i), file);
        }
        Files.createLink(folder.resolve("third"), place.resolve("brick/0"));
        Files.createFile(place.resolve("brick/single"));
        Files.createSymbolicLink(place.resolve("brick/symbolic"), Path.of("single"));
        Files.createFile(
                Files.createDirectories(place.resolve(RestoredFiles.ORPHANAGE)).resolve("12.34"));
        Files.createFile(place.resolve(UnusableMarker.NAME));

        assertThat(RestoredFiles.count(place)).isEqualTo(new RestoredFiles(6, 1));
    }
}
