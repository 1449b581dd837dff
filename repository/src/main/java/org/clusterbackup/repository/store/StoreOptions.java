package org.clusterbackup.repository.store;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to reach a store; what one kind of store does not need is not looked at.
 *
 * @param sshIdentities private key files in the order tried; empty for {@code ~/.ssh/id_ed25519} and its like
 * @param sshKnownHosts the only file whose host keys are trusted; empty for {@code ~/.ssh/known_hosts}
 * @param s3Keys the credential; S3 without one is anonymous
 * @param s3Region empty for what the server says, else {@code us-east-1}
 * @param caFile PEM certificates that are trusted beside the machine's own for TLS
 * @param retryFor how long a failing call is repeated where a repetition may help; zero for never
 * @param retryAnsweredFor the same at a store that has answered before
 * @param connectTimeout until a connection stands
 * @param idleTimeout without a byte or an answer until a connection counts as cut
 * @param uploadBytesPerSecond 0 for no limit
 * @param downloadBytesPerSecond 0 for no limit
 * @param listener for metrics
 */
public record StoreOptions(
        List<Path> sshIdentities,
        Optional<Path> sshKnownHosts,
        Optional<S3Keys> s3Keys,
        Optional<String> s3Region,
        Optional<Path> caFile,
        Duration retryFor,
        Duration retryAnsweredFor,
        Duration connectTimeout,
        Duration idleTimeout,
        long uploadBytesPerSecond,
        long downloadBytesPerSecond,
        StoreListener listener) {

    public StoreOptions {
        sshIdentities = List.copyOf(sshIdentities);
        if (uploadBytesPerSecond < 0 || downloadBytesPerSecond < 0) {
            throw new IllegalArgumentException("a limit of bytes per second cannot be negative");
        }
    }

    /** No credential but what {@code ~/.ssh} has, retries for 30 seconds, no limits. */
    public static StoreOptions defaults() {
        return new StoreOptions(
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                0,
                0,
                StoreListener.none());
    }

    /** {@link #defaults} with the S3 credential and {@code AWS_REGION} of the environment. */
    public static StoreOptions fromEnvironment(Map<String, String> environment) {
        var options = defaults().withS3Keys(S3Keys.fromEnvironment(environment));
        var region = environment.getOrDefault("AWS_REGION", "");
        return region.isEmpty() ? options : options.withS3Region(region);
    }

    public StoreOptions withSshIdentity(Path identity) {
        return new StoreOptions(
                List.of(identity),
                sshKnownHosts,
                s3Keys,
                s3Region,
                caFile,
                retryFor,
                retryAnsweredFor,
                connectTimeout,
                idleTimeout,
                uploadBytesPerSecond,
                downloadBytesPerSecond,
                listener);
    }

    public StoreOptions withSshKnownHosts(Path knownHosts) {
        return new StoreOptions(
                sshIdentities,
                Optional.of(knownHosts),
                s3Keys,
                s3Region,
                caFile,
                retryFor,
                retryAnsweredFor,
                connectTimeout,
                idleTimeout,
                uploadBytesPerSecond,
                downloadBytesPerSecond,
                listener);
    }

    public StoreOptions withS3Keys(S3Keys keys) {
        return new StoreOptions(
                sshIdentities,
                sshKnownHosts,
                Optional.of(keys),
                s3Region,
                caFile,
                retryFor,
                retryAnsweredFor,
                connectTimeout,
                idleTimeout,
                uploadBytesPerSecond,
                downloadBytesPerSecond,
                listener);
    }

    public StoreOptions withS3Keys(Optional<S3Keys> keys) {
        return new StoreOptions(
                sshIdentities,
                sshKnownHosts,
                keys,
                s3Region,
                caFile,
                retryFor,
                retryAnsweredFor,
                connectTimeout,
                idleTimeout,
                uploadBytesPerSecond,
                downloadBytesPerSecond,
                listener);
    }

    public StoreOptions withS3Region(String region) {
        return new StoreOptions(
                sshIdentities,
                sshKnownHosts,
                s3Keys,
                Optional.of(region),
                caFile,
                retryFor,
                retryAnsweredFor,
                connectTimeout,
                idleTimeout,
                uploadBytesPerSecond,
                downloadBytesPerSecond,
                listener);
    }

    public StoreOptions withCaFile(Path pem) {
        return new StoreOptions(
                sshIdentities,
                sshKnownHosts,
                s3Keys,
                s3Region,
                Optional.of(pem),
                retryFor,
                retryAnsweredFor,
                connectTimeout,
                idleTimeout,
                uploadBytesPerSecond,
                downloadBytesPerSecond,
                listener);
    }

    public StoreOptions withRetryFor(Duration time) {
        return withRetryFor(time, time);
    }

    public StoreOptions withRetryFor(Duration first, Duration answered) {
        return new StoreOptions(
                sshIdentities,
                sshKnownHosts,
                s3Keys,
                s3Region,
                caFile,
                first,
                answered,
                connectTimeout,
                idleTimeout,
                uploadBytesPerSecond,
                downloadBytesPerSecond,
                listener);
    }

    public StoreOptions withTimeouts(Duration connect, Duration idle) {
        return new StoreOptions(
                sshIdentities,
                sshKnownHosts,
                s3Keys,
                s3Region,
                caFile,
                retryFor,
                retryAnsweredFor,
                connect,
                idle,
                uploadBytesPerSecond,
                downloadBytesPerSecond,
                listener);
    }

    public StoreOptions withBytesPerSecond(long upload, long download) {
        return new StoreOptions(
                sshIdentities,
                sshKnownHosts,
                s3Keys,
                s3Region,
                caFile,
                retryFor,
                retryAnsweredFor,
                connectTimeout,
                idleTimeout,
                upload,
                download,
                listener);
    }

    public StoreOptions withListener(StoreListener told) {
        return new StoreOptions(
                sshIdentities,
                sshKnownHosts,
                s3Keys,
                s3Region,
                caFile,
                retryFor,
                retryAnsweredFor,
                connectTimeout,
                idleTimeout,
                uploadBytesPerSecond,
                downloadBytesPerSecond,
                told);
    }
}
