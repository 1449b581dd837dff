package org.clusterbackup.gluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PendingHealsTest {
    private final Path brick;

    PendingHealsTest(@TempDir Path brick) {
        this.brick = brick;
    }

    @Test
    void entriesCountButNotTheFileTheyAreLinksOf() throws IOException, BackupException {
        var index = Files.createDirectories(brick.resolve(".glusterfs/indices/xattrop"));
        var base = Files.createFile(index.resolve("xattrop-9ad4c1a2-5a7b-4f0e-8d34-0f3a3f6d2c11"));
        Files.createLink(index.resolve("00000000-0000-0000-0000-000000000001"), base);
        Files.createLink(index.resolve("3f2b8f0e-74f5-4a3e-9a60-3fbd2e3b1c55"), base);

        assertThat(PendingHeals.count(brick)).isEqualTo(2);
    }

    @Test
    void brickWithoutAnIndexHasNone() throws BackupException {
        assertThat(PendingHeals.count(brick)).isZero();
    }
}
