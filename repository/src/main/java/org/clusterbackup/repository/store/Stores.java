package org.clusterbackup.repository.store;

import java.io.IOException;
import java.nio.file.Files;
import org.clusterbackup.repository.BackupException;

/** Opens stores by their address. */
public final class Stores {
    private Stores() {}

    /**
     * Opens {@code /a/directory}, {@code sftp://[user@]host[:port]/absolute/path} or
     * {@code s3:https://host[:port]/bucket[/prefix]}. Connections are made when first needed and again after a cut.
     *
     * @throws BackupException {@code USAGE} for an address that is none, {@code NO_REPOSITORY} if there is no such
     *     directory, as far as that shows without a connection
     */
    public static ObjectStore open(String url, StoreOptions options) throws BackupException {
        return switch (StoreUrl.parse(url)) {
            case StoreUrl.Directory directory -> new DirectoryStore(directory.path());
            case StoreUrl.Sftp sftp -> new SftpStore(sftp, options);
            case StoreUrl.S3 s3 -> new S3Store(s3, options);
        };
    }

    /** Makes the directory, folder or bucket of {@code url} if it is not there; for {@code init} alone. */
    public static void prepare(String url, StoreOptions options) throws BackupException {
        switch (StoreUrl.parse(url)) {
            case StoreUrl.Directory directory -> {
                try {
                    Files.createDirectories(directory.path());
                } catch (IOException e) {
                    throw FileFailures.of("make", ".", directory.path(), e);
                }
            }
            case StoreUrl.Sftp sftp -> {
                try (var store = new SftpStore(sftp, options)) {
                    store.makeRoot();
                }
            }
            case StoreUrl.S3 s3 -> {
                try (var store = new S3Store(s3, options)) {
                    store.makeBucket();
                }
            }
        }
    }
}
