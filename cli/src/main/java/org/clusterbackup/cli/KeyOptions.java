package org.clusterbackup.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.chunk.ChunkingKey;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.crypto.Envelope;
import org.clusterbackup.repository.crypto.Identity;
import org.clusterbackup.repository.crypto.KeysDirectory;
import org.clusterbackup.repository.crypto.Recipients;
import org.clusterbackup.repository.crypto.SigningKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the keys are. Each is a file; none is ever an argument. */
final class KeyOptions {
    static final String VARIABLE = "CLUSTERBACKUP_KEYS";
    private static final String OPERATOR = "operator";

    @Option(
            names = "--keys",
            paramLabel = "DIR",
            description = "A directory as 'keys generate' makes it (default: $" + VARIABLE + ").")
    @Nullable
    Path directory;

    @Option(names = "--identity", paramLabel = "FILE", description = "The age identity that opens backups.")
    @Nullable
    Path identity;

    @Option(
            names = "--allowed-signers",
            paramLabel = "FILE",
            description = "Who may sign what: your own list, never the repository's.")
    @Nullable
    Path allowedSigners;

    @Option(names = "--signing-key", paramLabel = "FILE", description = "The key to sign with.")
    @Nullable
    Path signingKey;

    @Option(names = "--recipients", paramLabel = "FILE", description = "The age recipients to encrypt to.")
    @Nullable
    Path recipients;

    @Option(names = "--chunking-key", paramLabel = "FILE", description = "The key of chunk boundaries and names.")
    @Nullable
    Path chunkingKey;

    private Path file(
            Map<String, String> environment,
            @Nullable Path own,
            Function<KeysDirectory, Path> inDirectory,
            String option,
            String what)
            throws BackupException {
        if (own != null) {
            return own;
        }
        var keys = directory(environment);
        if (keys.isEmpty()) {
            throw new BackupException(Kind.NO_KEY, what + " is needed")
                    .withHint("give it with " + option + ", or all keys with --keys DIR or in $" + VARIABLE);
        }
        if (!Files.isDirectory(keys.get().root())) {
            throw new BackupException(
                            Kind.NO_KEY,
                            "there is no directory of keys " + keys.get().root())
                    .withHint("'clusterbackup keys generate' makes one");
        }
        return inDirectory.apply(keys.get());
    }

    private Optional<KeysDirectory> directory(Map<String, String> environment) {
        return Optional.ofNullable(directory)
                .or(() -> Optional.ofNullable(environment.get(VARIABLE))
                        .filter(text -> !text.isBlank())
                        .map(Path::of))
                .map(KeysDirectory::new);
    }

    AllowedSigners allowedSigners(Map<String, String> environment) throws BackupException {
        return AllowedSigners.read(allowedSignersFile(environment));
    }

    Path allowedSignersFile(Map<String, String> environment) throws BackupException {
        return file(
                environment,
                allowedSigners,
                KeysDirectory::allowedSigners,
                "--allowed-signers",
                "a list of allowed signers");
    }

    /** Where the identity would be if there is one: a keys directory without it is what services get. */
    Optional<Path> identityIfAny(Map<String, String> environment) {
        return Optional.ofNullable(identity).or(() -> directory(environment).map(KeysDirectory::identity));
    }

    Path identityFile(Map<String, String> environment) throws BackupException {
        return file(environment, identity, KeysDirectory::identity, "--identity", "the age identity");
    }

    /** What opens a repository of that encryption. */
    Envelope opening(Encryption encryption, Map<String, String> environment) throws BackupException {
        return switch (encryption) {
            case NONE -> Envelope.unsealed();
            case AGE -> Envelope.openedBy(Identity.read(identityFile(environment)));
        };
    }

    Recipients recipients(Map<String, String> environment) throws BackupException {
        return Recipients.read(
                file(environment, recipients, KeysDirectory::recipients, "--recipients", "a file of recipients"));
    }

    ChunkingKey chunkingKey(Map<String, String> environment) throws BackupException {
        return ChunkingKey.read(
                file(environment, chunkingKey, KeysDirectory::chunkingKey, "--chunking-key", "the chunking key"));
    }

    SigningKey operatorKey(Map<String, String> environment) throws BackupException {
        return signingKey(environment, OPERATOR);
    }

    /** @param role whose key of a keys directory is taken if no file was named; the operator's may sign for any */
    SigningKey signingKey(Map<String, String> environment, String role) throws BackupException {
        var file = file(environment, signingKey, keys -> keys.signingKey(role), "--signing-key", "a signing key");
        try {
            return SigningKey.read(file);
        } catch (BackupException e) {
            throw e.kind() == Kind.NO_KEY ? e.withHint("give another one with --signing-key") : e;
        }
    }
}
