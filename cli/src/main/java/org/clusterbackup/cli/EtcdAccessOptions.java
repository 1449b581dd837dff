package org.clusterbackup.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.clusterbackup.etcd.Access;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is shown to members of etcd. */
final class EtcdAccessOptions {
    @Option(names = "--etcd-ca", paramLabel = "FILE", description = "PEM certificates that etcd's are checked by.")
    private @Nullable Path ca;

    @Option(names = "--etcd-cert", paramLabel = "FILE", description = "PEM certificate to show to etcd.")
    private @Nullable Path certificate;

    @Option(names = "--etcd-key", paramLabel = "FILE", description = "Its key.")
    private @Nullable Path key;

    @Option(names = "--etcd-user-file", paramLabel = "FILE", description = "A user with the role root, by name.")
    private @Nullable Path user;

    @Option(names = "--etcd-password-file", paramLabel = "FILE", description = "The user's password.")
    private @Nullable Path password;

    Access access() {
        return new Access(
                Optional.ofNullable(ca),
                Optional.ofNullable(certificate),
                Optional.ofNullable(key),
                Optional.ofNullable(user),
                Optional.ofNullable(password));
    }
}
