package org.clusterbackup.repository.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
    private final Path parent;

    SpoolTest(@TempDir Path parent) {
        this.parent = parent;
    }

    @Test
    void whatAKilledProcessLeftIsSwept() throws Exception {
        var left = Files.createDirectories(parent.resolve("clusterbackup-1"));
        Files.writeString(left.resolve("index"), "left");
        var lock = Files.createFile(left.resolve("lock"));
        Files.setLastModifiedTime(lock, FileTime.from(Instant.now().minusSeconds(60)));

        try (var spool = Spool.below(parent)) {
            assertThat(left).doesNotExist();
            assertThat(spool.file("lock")).exists();
        }
    }

    @Test
    void whatIsInUseStays() throws Exception {
        try (var first = Spool.below(parent)) {
            Files.setLastModifiedTime(
                    first.file("lock"), FileTime.from(Instant.now().minusSeconds(60)));
            try (var second = Spool.below(parent)) {
                assertThat(second.file("lock")).exists();
            }
            assertThat(first.file("lock")).exists();
        }
    }

    @Test
    void aForeignFolderStays() throws Exception {
        var foreign = Files.createDirectories(parent.resolve("clusterbackup-bench"));

        Spool.below(parent).close();

        assertThat(foreign).exists();
    }

    @Test
    void aFullDiskIsNamed() throws BackupException {
        try (var spool = Spool.below(parent)) {
            var failure = spool.failure(new IOException("No space left on device"));

            assertThat(failure.kind()).isEqualTo(Kind.NO_SPACE);
        }
    }
}
