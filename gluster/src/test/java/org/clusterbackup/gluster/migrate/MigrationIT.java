package org.clusterbackup.gluster.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.clusterbackup.gluster.testing.CapturedState;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a file system of its own, which is too small for a second state, or is the state. */
class MigrationIT {
    private static final NewNames NAMES = new NewNames(Map.of("node1", "alpha"), List.of());

    @TempDir
    Path disk = Path.of("unset");

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString());
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        run("umount", disk.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private void assertRefused(Path root, Kind kind, String message) {
        assertThatThrownBy(() -> new Migration(root, NAMES).apply(MigrationPlan.of(root, NAMES)))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
        assertThat(root.resolve("vols/gv0/bricks/node1:-media-brick0-brick")).exists();
        assertThat(root.resolveSibling(root.getFileName() + ".migrating")).doesNotExist();
    }

    @Test
    void fullDiskIsSaidAndNothingIsLeftOnIt() throws IOException {
        var root = CapturedState.copy(CapturedState.TWO_BRICKS, disk.resolve("glusterd"));
        var free = Files.getFileStore(disk).getUsableSpace();
        Files.write(disk.resolve("other"), new byte[(int) free - (40 << 10)]);

        assertRefused(root, Kind.NO_SPACE, "no space left");
    }

    @Test
    void mountPointIsSaid() throws IOException {
        CapturedState.copy(CapturedState.TWO_BRICKS, disk);

        assertRefused(disk, Kind.TARGET_UNFIT, "it is a mount point");
    }
}
