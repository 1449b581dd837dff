package org.clusterbackup.repository.store;

import java.io.IOException;
import java.util.Optional;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHFsyncExtension;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.clusterbackup.repository.BackupException;

/** Files and folders below the root of an SFTP server: what {@link SftpStore} publishes objects with. */
final class SftpFiles {
    private static final int FOLDER_ATTEMPTS = 10;

    private final String root;
    private final String location;

    SftpFiles(String root, String location) {
        this.root = root;
        this.location = location;
    }

    boolean isRootMissing(SftpClient sftp) {
        try {
            sftp.stat(root);
            return false;
        } catch (IOException e) {
            return SftpFailures.isAbsent(e);
        }
    }

    void requireRoot(SftpClient sftp) throws IOException, BackupException {
        try {
            sftp.stat(root);
        } catch (IOException e) {
            if (SftpFailures.isAbsent(e)) {
                throw SftpFailures.missingRoot(location, e);
            }
            throw e;
        }
    }

    /** Empty if nothing of that name is there; what cannot be looked at is an error, never absent. */
    static Optional<SftpClient.Attributes> lstat(SftpClient sftp, String path) throws IOException {
        try {
            return Optional.of(sftp.lstat(path));
        } catch (IOException e) {
            if (SftpFailures.isAbsent(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    SftpClient.CloseableHandle openIn(SftpClient sftp, String folder, String temporary)
            throws IOException, BackupException {
        for (var attempt = 1; ; attempt++) {
            try {
                return sftp.open(temporary, OpenMode.Write, OpenMode.Create, OpenMode.Exclusive);
            } catch (IOException e) {
                if (!SftpFailures.isAbsent(e) || attempt == FOLDER_ATTEMPTS) {
                    throw e;
                }
                requireRoot(sftp);
            }
            try {
                makeFolders(sftp, folder);
            } catch (IOException e) {
                // The folder above may go as empty before this one is made: then the next attempt makes both.
                if (!SftpFailures.isAbsent(e)) {
                    throw e;
                }
            }
        }
    }

    private void makeFolders(SftpClient sftp, String folder) throws IOException {
        if (folder.length() <= root.length()) {
            return;
        }
        try {
            makeFolder(sftp, folder);
        } catch (IOException e) {
            if (!SftpFailures.isAbsent(e)) {
                throw e;
            }
            makeFolders(sftp, above(folder));
            makeFolder(sftp, folder);
        }
    }

    void makeFolder(SftpClient sftp, String folder) throws IOException {
        try {
            sftp.mkdir(folder);
        } catch (IOException e) {
            if (SftpFailures.isPlainFailure(e)
                    && lstat(sftp, folder)
                            .filter(found -> !found.isRegularFile())
                            .isPresent()) {
                return;
            }
            throw e;
        }
        syncFolder(sftp, above(folder));
    }

    private static String above(String folder) {
        var slash = folder.lastIndexOf('/');
        return slash <= 0 ? "/" : folder.substring(0, slash);
    }

    static void sync(SftpClient sftp, SftpClient.Handle handle) throws IOException {
        var fsync = sftp.getExtension(OpenSSHFsyncExtension.class);
        if (fsync != null && fsync.isSupported()) {
            fsync.fsync(handle);
        }
    }

    /** A folder can be synced as a file at OpenSSH; a server that does not open one has no other way. */
    static void syncFolder(SftpClient sftp, String folder) throws IOException {
        try (var handle = sftp.open(folder, OpenMode.Read)) {
            sync(sftp, handle);
        } catch (SftpException e) {
            // As durable as that server can say.
        }
    }

    static void moveOver(SftpClient sftp, String temporary, String path) throws IOException {
        var posixRename = sftp.getExtension(OpenSSHPosixRenameExtension.class);
        if (posixRename == null || !posixRename.isSupported()) {
            throw new SftpException(
                    SftpConstants.SSH_FX_OP_UNSUPPORTED, "the server cannot replace a file in one step (posix-rename)");
        }
        posixRename.posixRename(temporary, path);
    }

    void removeEmptyFolders(SftpClient sftp, String folder) throws IOException {
        try {
            for (var at = folder; at.length() > root.length(); at = above(at)) {
                sftp.rmdir(at);
            }
        } catch (SftpException e) {
            // Not empty: this is where it ends.
        }
    }

    /** What cannot be removed now is swept later. */
    static void remove(SftpClient sftp, String temporary) {
        try {
            sftp.remove(temporary);
        } catch (IOException e) {
            // The connection is gone, or it never existed.
        }
    }
}
