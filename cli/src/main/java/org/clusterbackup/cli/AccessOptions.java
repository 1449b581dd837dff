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

    @Option(names = "--s3-access-key-id-file", paramLabel = "FILE", description = "Instead of $AWS_ACCESS_KEY_ID.")
    @Nullable
    Path s3AccessKeyId;

    @Option(names = "--s3-key-file", paramLabel = "FILE", description = "Instead of $AWS_SECRET_ACCESS_KEY.")
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
        add(words, "--s3-access-key-id-file", s3AccessKeyId);
        add(words, "--s3-key-file", s3SecretAccessKey);
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
        return Stores.open(url, options(console.environment()).withListener(new Waiting(console)));
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
        if (s3AccessKeyId != null && s3SecretAccessKey != null) {
            options = options.withS3Keys(S3Keys.read(s3AccessKeyId, s3SecretAccessKey));
        } else if (s3AccessKeyId != null || s3SecretAccessKey != null) {
            throw BackupCommand.usage("--s3-access-key-id-file and --s3-key-file belong together");
        }
        return caFile == null ? options : options.withCaFile(caFile);
    }
}
