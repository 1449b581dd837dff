package org.clusterbackup.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.store.ObjectStore;
import org.clusterbackup.repository.store.S3Keys;
import org.clusterbackup.repository.store.StoreOptions;
import org.clusterbackup.repository.store.Stores;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to get to repositories, wherever they are. */
final class AccessOptions {
    /** A line or a server that fails in the middle of hours of work is mended within that. */
    private static final Duration ANSWERED_RETRY = Duration.ofMinutes(30);

    private static final String S3_ACCESS_KEY_ID = "--s3-access-key-id-file";
    private static final String S3_KEY = "--s3-key-file";

    @Option(
            names = "--ssh-identity",
            paramLabel = "FILE",
            description = "Private key for sftp (default: those of ~/.ssh).")
    @Nullable
    Path sshIdentity;

    @Option(
            names = "--ssh-known-hosts",
            paramLabel = "FILE",
            description = "The host keys to trust (default: ~/.ssh/known_hosts).")
    @Nullable
    Path sshKnownHosts;

    @Option(names = S3_ACCESS_KEY_ID, paramLabel = "FILE", description = "Instead of $AWS_ACCESS_KEY_ID.")
    @Nullable
    Path s3AccessKeyId;

    @Option(names = S3_KEY, paramLabel = "FILE", description = "Instead of $AWS_SECRET_ACCESS_KEY.")
    @Nullable
    Path s3SecretAccessKey;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description = "PEM certificates to trust for https, beside the machine's own.")
    @Nullable
    Path caFile;

    @Option(
            names = "--retry-for",
            paramLabel = "SECONDS",
            description = {
                "How long to wait for a repository that does not answer",
                "(default: 30; 1800 once it has answered)."
            })
    @Nullable
    Long retrySeconds;

    /** These options as words of a command line, files by their absolute paths; no secret is among them. */
    List<String> words() {
        var words = new ArrayList<String>();
        if (retrySeconds != null) {
            words.addAll(List.of("--retry-for", "" + retrySeconds));
        }
        add(words, "--ssh-identity", sshIdentity);
        add(words, "--ssh-known-hosts", sshKnownHosts);
        add(words, S3_ACCESS_KEY_ID, s3AccessKeyId);
        add(words, S3_KEY, s3SecretAccessKey);
        add(words, "--ca-file", caFile);
        return words;
    }

    private static void add(List<String> words, String option, @Nullable Path file) {
        if (file != null) {
            words.addAll(List.of(option, file.toAbsolutePath().toString()));
        }
    }

    /** The caller closes the store. Where it is waited for, {@code console} says so. */
    ObjectStore open(String url, Console console) throws BackupException {
        return open(url, options(console.environment()), console);
    }

    static ObjectStore open(String url, StoreOptions options, Console console) throws BackupException {
        return Stores.open(url, options.withListener(new Waiting(console)));
    }

    StoreOptions options(Map<String, String> environment) throws BackupException {
        var options = StoreOptions.fromEnvironment(environment);
        options = retrySeconds == null
                ? options.withRetryFor(options.retryFor(), ANSWERED_RETRY)
                : options.withRetryFor(Duration.ofSeconds(retrySeconds));
        if (sshIdentity != null) {
            options = options.withSshIdentity(sshIdentity);
        }
        if (sshKnownHosts != null) {
            options = options.withSshKnownHosts(sshKnownHosts);
        }
        options = withS3Keys(options, S3_ACCESS_KEY_ID, s3AccessKeyId, S3_KEY, s3SecretAccessKey);
        return caFile == null ? options : options.withCaFile(caFile);
    }

    /** With the credential of two files, of which both are given or neither; {@code idOption} and {@code keyOption} name them. */
    static StoreOptions withS3Keys(
            StoreOptions options, String idOption, @Nullable Path id, String keyOption, @Nullable Path key)
            throws BackupException {
        if (id != null && key != null) {
            return options.withS3Keys(S3Keys.read(id, key));
        }
        if (id != null || key != null) {
            throw BackupCommand.usage(idOption + " and " + keyOption + " belong together");
        }
        return options;
    }
}
