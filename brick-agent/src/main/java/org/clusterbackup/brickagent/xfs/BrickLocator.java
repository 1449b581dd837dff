package org.clusterbackup.brickagent.xfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import org.clusterbackup.brickagent.linux.ExtendedAttributes;
import org.clusterbackup.brickagent.linux.FileSystemUsage;
import org.clusterbackup.brickagent.linux.XfsGeometry;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Finds the XFS file system of a brick and refuses, with a hint, whatever must not be taken for the brick's data. */
public final class BrickLocator {
    private static final String VOLUME_ID = "trusted.glusterfs.volume-id";
    private static final int UUID_BYTES = 16;

    private final Path hostRoot;

    /** @param hostRoot where the host's file systems are seen: {@code /}, or where a container has them mounted */
    public BrickLocator(Path hostRoot) {
        this.hostRoot = hostRoot;
    }

    /** The path as this process sees it. */
    public Path local(Path onHost) {
        return hostRoot.resolve(Path.of("/").relativize(onHost)).normalize();
    }

    /**
     * @param onHost the brick's path as glusterd has it
     * @param volume the volume's id, which the brick's root must carry
     * @throws BackupException FAILED (it waits for a person), with what to do, if the brick is gone, not mounted, another volume's, not
     *     on XFS, read-only, shut down, or only a part of its file system is visible
     */
    public BrickFileSystem locate(Path onHost, UUID volume) throws BackupException {
        var brick = existing(onHost);
        var mounts = MountTable.current();
        var holding = mounts.holding(brick).orElseThrow(() -> refuse(onHost, "lies on no mount", ""));
        requireVolume(brick, onHost, volume, holding);
        if (!holding.type().equals("xfs")) {
            throw refuse(
                    onHost,
                    "lies on " + holding.type() + ", not on XFS (mounted at " + holding.point() + ")",
                    "only XFS can be dumped: move the brick to an XFS file system with 'gluster volume replace-brick', or"
                            + " mount the right one");
        }
        if (holding.readOnly()) {
            throw refuse(
                    onHost,
                    "lies on a read-only XFS (mounted at " + holding.point() + ")",
                    "the kernel makes a file system read-only after an error: look into the kernel log, run xfs_repair on"
                            + " the unmounted device, mount it again");
        }
        var whole = mounts.wholeOf(holding)
                .orElseThrow(() -> refuse(
                        onHost,
                        "is visible only through " + holding.root() + " of its file system, bind-mounted at "
                                + holding.point(),
                        "xfsdump needs the whole file system: mount its root (for a container: the host's mount point, with"
                                + " HostToContainer propagation)"));
        return inspect(brick, onHost, whole);
    }

    private Path existing(Path onHost) throws BackupException {
        try {
            var brick = local(onHost).toRealPath();
            if (!brick.startsWith(hostRoot.toRealPath())) {
                throw refuse(
                        onHost,
                        "leads out of " + hostRoot + ", where the host's file systems are seen",
                        "its path has a symbolic link: give the volume the brick's real path");
            }
            if (!Files.readAttributes(brick, BasicFileAttributes.class).isDirectory()) {
                throw refuse(onHost, "is not a folder", "look what took the brick's place");
            }
            return brick;
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw refuse(
                    onHost,
                    "is gone (no " + local(onHost) + ")",
                    "mount its file system; if the disk is lost, replace it and run 'gluster volume reset-brick'");
        } catch (IOException e) {
            throw shutDown(onHost, e);
        }
    }

    private static void requireVolume(Path brick, Path onHost, UUID volume, Mount mount) throws BackupException {
        var found = volumeId(brick, onHost);
        if (found.length != UUID_BYTES) {
            throw refuse(
                    onHost,
                    "is not mounted: the folder, on " + mount.type() + " mounted at " + mount.point() + ", has no "
                            + VOLUME_ID,
                    "mount the brick's file system; if it is mounted, it was made anew: run 'gluster volume reset-brick'");
        }
        var bytes = ByteBuffer.wrap(found);
        var id = new UUID(bytes.getLong(), bytes.getLong());
        if (!id.equals(volume)) {
            throw refuse(
                    onHost,
                    "belongs to another volume, " + id + " instead of " + volume,
                    "another brick's file system is mounted there: compare fstab with 'gluster volume info'");
        }
    }

    private static byte[] volumeId(Path brick, Path onHost) throws BackupException {
        try {
            return ExtendedAttributes.read(brick, VOLUME_ID).orElse(new byte[0]);
        } catch (IOException e) {
            throw shutDown(onHost, e);
        }
    }

    private static BrickFileSystem inspect(Path brick, Path onHost, Mount whole) throws BackupException {
        try {
            return new BrickFileSystem(
                    brick,
                    whole.point(),
                    whole.source(),
                    FileSystemUsage.of(whole.point()),
                    XfsGeometry.of(whole.point()));
        } catch (IOException e) {
            throw shutDown(onHost, e);
        }
    }

    private static BackupException shutDown(Path onHost, IOException cause) {
        return new BackupException(Kind.FAILED, "brick " + onHost + " cannot be read: " + cause, cause)
                .withHint("an XFS that shut down after an error answers so: look into the kernel log, unmount it, run"
                        + " xfs_repair, mount it again");
    }

    private static BackupException refuse(Path onHost, String what, String hint) {
        return new BackupException(Kind.FAILED, "brick " + onHost + " " + what).withHint(hint);
    }
}
