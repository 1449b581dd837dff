package org.clusterbackup.cli.place;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedFolderTest {
    @TempDir
    Path spool = Path.of("unset");

    private Path left(String name, String mode, boolean owned) throws IOException {
        var folder = Files.createDirectory(spool.resolve(name));
        if (owned) {
            Files.createFile(folder.resolve("owner"));
        }
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
    }

    @Test
    void whatADeadOneLeftIsToldFromAllElse() throws IOException {
        // Given
        var deserted = left("xfs-dead", "rwx------", true);
        left("xfs-unfinished", "rwx------", false);
        left("xfs-open", "rwxrwxrwx", true);
        left("other-dead", "rwx------", true);
        Files.createFile(spool.resolve("xfs-file"));
        Files.createSymbolicLink(spool.resolve("xfs-link"), deserted);
        try (var living = OwnedFolder.make(spool, "xfs-");
                var mine = OwnedFolder.make(spool, "xfs-")) {
            assertThat(living.path()).isDirectory();

            // When
            var found = mine.deserted("xfs-");

            // Then
            assertThat(found).containsExactly(deserted.toRealPath());
        }
    }

    /** By another process: this one's own are known to it. */
    @Test
    void onesLockHoldsForOtherProcesses() throws Exception {
        Path path;
        try (var living = OwnedFolder.make(spool, "xfs-")) {
            path = living.path();
            assertThat(lockedForOthers(path)).isTrue();
        }
        assertThat(lockedForOthers(path)).isFalse();
    }

    private static boolean lockedForOthers(Path folder) throws Exception {
        var inode = (Long) Files.getAttribute(folder.resolve("owner"), "unix:ino");
        try (var locks = Files.lines(Path.of("/proc/locks"))) {
            return locks.anyMatch(line -> line.contains("POSIX") && line.contains(":" + inode + " "));
        }
    }
}
