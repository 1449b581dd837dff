package org.clusterbackup.repository.store;

import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import org.clusterbackup.repository.BackupException;
import org.jspecify.annotations.Nullable;

/** Opens stores by their address. */
public final class Stores {
    private Stores() {}

    /**
     * Opens, with retries, limits and metrics around it, {@code /a/directory}, {@code sftp://[user@]host[:port]/absolute/path} or
     * {@code s3:https://host[:port]/bucket[/prefix]}. Connections are made when first needed and again after a cut.
     *
     * @throws BackupException {@code USAGE} for an address that is none, {@code NO_REPOSITORY} if there is no such
     *     directory, as far as that shows without a connection
     */
    public static ObjectStore open(String url, StoreOptions options) throws BackupException {
        var adapter = adapter(StoreUrl.parse(url), options);
        var limited = new LimitedStore(
                adapter, limit(options.uploadBytesPerSecond()), limit(options.downloadBytesPerSecond()));
        // Metered below the retries: a metric of failures must show those that a repetition hides.
        var metered = new MeteredStore(limited, options.listener());
        var retries = new Retries(
                options.retryFor(),
                options.retryAnsweredFor(),
                new SecureRandom(),
                Retries.Clock.SYSTEM,
                telling(options.listener(), adapter.location()));
        return new RetryingStore(metered, retries);
    }

    private static Retries.Waiting telling(StoreListener listener, String location) {
        return new Retries.Waiting() {
            @Override
            public void pauses(BackupException failure, Duration atMost) {
                listener.waits(location, failure, atMost);
            }

            @Override
            public void answered() {
                listener.answers(location);
            }
        };
    }

    private static ObjectStore adapter(StoreUrl url, StoreOptions options) throws BackupException {
        return switch (url) {
            case StoreUrl.Directory directory -> new DirectoryStore(directory.path());
            case StoreUrl.Sftp sftp -> new SftpStore(sftp, options);
            case StoreUrl.S3 s3 -> new S3Store(s3, options);
        };
    }

    private static @Nullable RateLimit limit(long bytesPerSecond) {
        return bytesPerSecond == 0 ? null : new RateLimit(bytesPerSecond);
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
