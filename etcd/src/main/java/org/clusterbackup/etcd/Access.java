package org.clusterbackup.etcd;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * What a client shows to etcd, all of it in files, which are read anew for each connection: what is rotated counts at once.
 *
 * @param ca PEM file with the certificates that are trusted; empty are the machine's own
 * @param certificate PEM file with the client's certificate, with {@code key}
 * @param user file with a user's name, with {@code password}
 */
public record Access(
        Optional<Path> ca,
        Optional<Path> certificate,
        Optional<Path> key,
        Optional<Path> user,
        Optional<Path> password) {
    /** Trusts the machine's certificates and shows nothing. */
    public static final Access NONE =
            new Access(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** A name and its password. */
    record Login(String user, String password) {}

    /** @throws BackupException {@code USAGE} if a part is missing or a file cannot be used */
    SslContext tls() throws BackupException {
        requireBoth("client certificate", certificate, "key", key);
        try {
            var context = GrpcSslContexts.forClient();
            if (ca.isPresent()) {
                context.trustManager(ca.get().toFile());
            }
            if (certificate.isPresent() && key.isPresent()) {
                context.keyManager(certificate.get().toFile(), key.get().toFile());
            }
            return context.build();
        } catch (IOException | IllegalArgumentException e) {
            throw new BackupException(
                            Kind.USAGE,
                            "the TLS files of the etcd client cannot be used: " + e.getMessage()
                                    + (e.getCause() == null
                                            ? ""
                                            : ": " + e.getCause().getMessage()),
                            e)
                    .withHint("they are PEM files: certificates that are trusted, the client's certificate, its key");
        }
    }

    /** @throws BackupException {@code USAGE} if a part is missing or a file cannot be read */
    Optional<Login> login() throws BackupException {
        requireBoth("user", user, "password", password);
        return user.isPresent() && password.isPresent()
                ? Optional.of(new Login(line(user.get()), line(password.get())))
                : Optional.empty();
    }

    private static void requireBoth(String one, Optional<Path> first, String other, Optional<Path> second)
            throws BackupException {
        if (first.isPresent() != second.isPresent()) {
            throw new BackupException(
                    Kind.USAGE, "etcd's " + one + " and " + other + " go together, and only one file is given");
        }
    }

    /** Editors end a file with a line break that is no part of a password. */
    private static String line(Path file) throws BackupException {
        try {
            var text = Files.readString(file);
            return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        } catch (IOException e) {
            throw new BackupException(Kind.USAGE, "cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
