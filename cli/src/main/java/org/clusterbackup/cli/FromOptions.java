package org.clusterbackup.cli;

import java.nio.file.Path;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.store.ObjectStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to get to the repository that is only read, of two: what is not given here is as for the other. */
final class FromOptions {
    private static final String ID = "--from-s3-access-key-id-file";
    private static final String KEY = "--from-s3-key-file";

    @Option(
            names = ID,
            paramLabel = "FILE",
            description = "For the repository that is read, if its S3 credential is another.")
    private @Nullable Path s3AccessKeyId;

    @Option(names = KEY, paramLabel = "FILE", description = "Belongs to " + ID + ".")
    private @Nullable Path s3SecretAccessKey;

    boolean anyGiven() {
        return s3AccessKeyId != null || s3SecretAccessKey != null;
    }

    /** The caller closes the store. */
    ObjectStore open(String url, AccessOptions access, Console console) throws BackupException {
        var options = AccessOptions.withS3Keys(
                access.options(console.environment()), ID, s3AccessKeyId, KEY, s3SecretAccessKey);
        return AccessOptions.open(url, options, console);
    }
}
