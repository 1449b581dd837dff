package org.clusterbackup.repository.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;

/** A credential for S3; its text never shows the secret. */
public record S3Keys(String accessKeyId, String secretAccessKey) {
    /** From {@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}; empty unless both are there. */
    public static Optional<S3Keys> fromEnvironment(Map<String, String> environment) {
        var id = environment.getOrDefault("AWS_ACCESS_KEY_ID", "");
        var secret = environment.getOrDefault("AWS_SECRET_ACCESS_KEY", "");
        return id.isEmpty() || secret.isEmpty() ? Optional.empty() : Optional.of(new S3Keys(id, secret));
    }

    /** From two files of one line each, as a Kubernetes Secret mounts them. */
    public static S3Keys read(Path accessKeyId, Path secretAccessKey) throws BackupException {
        return new S3Keys(line(accessKeyId), line(secretAccessKey));
    }

    private static String line(Path file) throws BackupException {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new BackupException(Kind.USAGE, "cannot read the S3 credential " + file + ": " + FileReason.of(e), e);
        }
    }

    @Override
    public String toString() {
        return "S3Keys[" + accessKeyId + "]";
    }
}
