package org.clusterbackup.repository.store;

import java.io.IOException;
import java.util.OptionalLong;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHStatPathExtension;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Says what a failure of SFTP means to an operator. */
final class SftpFailures {
    /** Less than this free is called full: OpenSSH says no more than "failure" when a disk is. */
    private static final long FULL_BYTES = 1 << 20;

    private SftpFailures() {}

    static boolean isAbsent(IOException e) {
        return status(e) == SftpConstants.SSH_FX_NO_SUCH_FILE || status(e) == SftpConstants.SSH_FX_NO_SUCH_PATH;
    }

    /** What the server answers when a name is taken. */
    static boolean isPlainFailure(IOException e) {
        return status(e) == SftpConstants.SSH_FX_FAILURE || status(e) == SftpConstants.SSH_FX_FILE_ALREADY_EXISTS;
    }

    /** @param needed bytes that were to be stored; 0 for what stores nothing */
    static Kind kind(IOException e, SftpClient sftp, String root, long needed) {
        if (!(e instanceof SftpException)) {
            return Kind.UNREACHABLE;
        }
        return switch (status(e)) {
            case SftpConstants.SSH_FX_NO_SUCH_FILE, SftpConstants.SSH_FX_NO_SUCH_PATH -> Kind.NOT_FOUND;
            case SftpConstants.SSH_FX_PERMISSION_DENIED, SftpConstants.SSH_FX_WRITE_PROTECT -> Kind.NOT_PERMITTED;
            case SftpConstants.SSH_FX_NO_CONNECTION, SftpConstants.SSH_FX_CONNECTION_LOST -> Kind.UNREACHABLE;
            case SftpConstants.SSH_FX_NO_SPACE_ON_FILESYSTEM, SftpConstants.SSH_FX_QUOTA_EXCEEDED -> Kind.NO_SPACE;
            case SftpConstants.SSH_FX_FAILURE -> afterPlainFailure(sftp, root, needed);
            default -> Kind.FAILED;
        };
    }

    static BackupException missingRoot(String location, IOException e) {
        return new BackupException(Kind.NO_REPOSITORY, "no directory " + location, e)
                .withHint("is the disk mounted there? a repository is made with 'clusterbackup init'");
    }

    /** Bytes that may still be stored below {@code root}; empty where the server does not tell. */
    static OptionalLong free(SftpClient sftp, String root) throws IOException {
        var statvfs = sftp.getExtension(OpenSSHStatPathExtension.class);
        if (statvfs == null || !statvfs.isSupported()) {
            return OptionalLong.empty();
        }
        var space = statvfs.stat(root);
        return OptionalLong.of(space.f_bavail * space.f_frsize);
    }

    private static Kind afterPlainFailure(SftpClient sftp, String root, long needed) {
        try {
            var statvfs = sftp.getExtension(OpenSSHStatPathExtension.class);
            if (statvfs == null || !statvfs.isSupported()) {
                return Kind.FAILED;
            }
            var space = statvfs.stat(root);
            if ((space.f_flag & 1) != 0) {
                return Kind.NOT_PERMITTED;
            }
            // What others failed to store beside us may be removed already: what does not fit counts as well.
            var full = space.f_bavail * space.f_frsize < Math.max(FULL_BYTES, needed)
                    || (space.f_files > 0 && space.f_favail == 0);
            return full ? Kind.NO_SPACE : Kind.FAILED;
        } catch (IOException e) {
            return e instanceof SftpException ? Kind.FAILED : Kind.UNREACHABLE;
        }
    }

    private static int status(IOException e) {
        return e instanceof SftpException sftp ? sftp.getStatus() : -1;
    }
}
