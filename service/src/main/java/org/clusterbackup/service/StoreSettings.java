package org.clusterbackup.service;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.S3Keys;
import org.clusterbackup.repository.store.StoreListener;
import org.clusterbackup.repository.store.StoreOptions;
import org.clusterbackup.repository.store.Stores;

/** A store in a service's configuration, as a group of its {@code @ConfigMapping}; secrets are file paths. */
public interface StoreSettings {
    /** A directory, {@code sftp://[user@]host[:port]/path} or {@code s3:https://host[:port]/bucket[/prefix]}. */
    Optional<String> url();

    /** File with the private key for SFTP. */
    Optional<Path> sshIdentity();

    /** File with the host keys that are trusted for SFTP. */
    Optional<Path> sshKnownHosts();

    /** File with the S3 access key id; without it {@code AWS_ACCESS_KEY_ID}. */
    Optional<Path> s3AccessKeyFile();

    /** File with the S3 secret access key; without it {@code AWS_SECRET_ACCESS_KEY}. */
    Optional<Path> s3SecretKeyFile();

    /** S3 region. */
    Optional<String> s3Region();

    /** PEM file with certificates that are trusted beside the machine's own. */
    Optional<Path> caFile();

    /** How long a failing call is repeated before the failure counts. */
    @WithDefault("PT30S")
    Duration retryFor();

    /** Limit in bytes per second; 0 is none. */
    @WithDefault("0")
    long uploadBytesPerSecond();

    /** Limit in bytes per second; 0 is none. */
    @WithDefault("0")
    long downloadBytesPerSecond();

    /**
     * Opens the store; the caller closes it.
     *
     * @throws BackupException {@code USAGE} without a URL, and what {@link Stores#open} throws
     */
    default ObjectStore open(StoreListener listener) throws BackupException {
        var place = url().orElseThrow(() -> new BackupException(Kind.USAGE, "no URL of the repository is configured"));
        return Stores.open(place, options(listener));
    }

    default StoreOptions options(StoreListener listener) throws BackupException {
        var options = StoreOptions.fromEnvironment(System.getenv())
                .withRetryFor(retryFor())
                .withBytesPerSecond(uploadBytesPerSecond(), downloadBytesPerSecond())
                .withListener(listener);
        if (sshIdentity().isPresent()) {
            options = options.withSshIdentity(sshIdentity().get());
        }
        if (sshKnownHosts().isPresent()) {
            options = options.withSshKnownHosts(sshKnownHosts().get());
        }
        if (s3AccessKeyFile().isPresent() && s3SecretKeyFile().isPresent()) {
            options = options.withS3Keys(
                    S3Keys.read(s3AccessKeyFile().get(), s3SecretKeyFile().get()));
        }
        if (s3Region().isPresent()) {
            options = options.withS3Region(s3Region().get());
        }
        return caFile().isPresent() ? options.withCaFile(caFile().get()) : options;
    }
}
