package org.clusterbackup.brickagent.xfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.clusterbackup.brickagent.LoopXfs;
import org.clusterbackup.brickagent.Shell;
import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against real file systems in every state that an operator leaves them in. */
class BrickLocatorIT {
    private static final UUID VOLUME = UUID.fromString("a48cbed2-64f2-4f29-9a74-ba2febc5d269");

    private final Path folder;
    private final LoopXfs xfs;
    private final Path brick;
    private final BrickLocator locator = new BrickLocator(Path.of("/"));

    BrickLocatorIT(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.xfs = LoopXfs.create(folder, "b0");
        this.brick = xfs.brick(VOLUME);
    }

    @AfterEach
    void unmount() {
        xfs.close();
    }

    private BackupException refusal(Path path) {
        var refusal = assertThrows(BackupException.class, () -> locator.locate(path, VOLUME));
        assertThat(refusal.hint()).as("what to do").isPresent();
        assertThat(refusal.kind().retryable()).as("waits for a person").isFalse();
        return refusal;
    }

    @Test
    void mountedBrickIsFoundWithItsFileSystem() throws BackupException {
        var found = locator.locate(brick, VOLUME);

        assertThat(found.mountPoint()).isEqualTo(xfs.point());
        assertThat(found.geometry().uuid())
                .hasToString(xfs.run("blkid -p -s UUID -o value ../b0.img").strip());
        assertThat(found.usage().sizeBytes()).isBetween(500L << 20, 600L << 20);
    }

    @Test
    void brickSeenBelowAHostRootIsFound() throws BackupException {
        var below = new BrickLocator(folder);

        assertThat(below.locate(Path.of("/b0/brick"), VOLUME).mountPoint()).isEqualTo(xfs.point());
    }

    @Test
    void brickThatIsNotMountedIsRefused() throws IOException {
        xfs.close();
        Files.createDirectories(brick);

        assertThat(refusal(brick)).hasMessageContaining("is not mounted");
    }

    @Test
    void brickWhoseFolderIsGoneIsRefused() {
        xfs.close();

        assertThat(refusal(brick)).hasMessageContaining("is gone");
    }

    @Test
    void brickOfAnotherVolumeIsRefused() {
        xfs.run("setfattr -n trusted.glusterfs.volume-id -v 0x00000000000040008000000000000001 brick");

        assertThat(refusal(brick)).hasMessageContaining("another volume");
    }

    @Test
    void brickOnAnotherFileSystemIsRefused() throws IOException {
        xfs.close();
        Files.createDirectories(brick);
        Shell.run(
                folder,
                "mount -t tmpfs none b0 && mkdir b0/brick && setfattr -n trusted.glusterfs.volume-id -v 0x"
                        + VOLUME.toString().replace("-", "") + " b0/brick");

        assertThat(refusal(brick)).hasMessageContaining("on tmpfs, not on XFS");
    }

    @Test
    void readOnlyFileSystemIsRefused() {
        xfs.run("mount -o remount,ro .");

        assertThat(refusal(brick)).hasMessageContaining("read-only");
    }

    @Test
    void fileSystemThatShutDownIsRefused() {
        xfs.run("xfs_io -x -c shutdown .");

        assertThat(refusal(brick)).hasMessageContaining("cannot be read");
    }

    @Test
    void folderOfAFileSystemThatIsNotVisibleAsAWholeIsRefused() {
        Shell.run(folder, "mkdir part && mount --bind b0/brick part && umount b0");
        try {
            assertThat(refusal(folder.resolve("part"))).hasMessageContaining("bind-mounted");
        } finally {
            Shell.run(folder, "umount part");
        }
    }

    @Test
    void bindMountOfAFolderLeadsToTheWholeFileSystem() throws BackupException {
        Shell.run(folder, "mkdir part && mount --bind b0/brick part");
        try {
            assertThat(locator.locate(folder.resolve("part"), VOLUME).mountPoint())
                    .isEqualTo(xfs.point());
        } finally {
            Shell.run(folder, "umount part");
        }
    }
}
