package org.clusterbackup.repository.crypto;

import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.TargetName;

/**
 * The directory that {@code clusterbackup keys generate} makes: one age identity for the operator alone, the signing
 * keys of all roles, who may sign what, and the chunking key. What each file is for stands in
 * {@code docs/configuration.md}.
 */
public record KeysDirectory(Path root) {
    /** Role to what it may sign, without the shippers. */
    private static final Map<String, String> ROLES = roles();

    private static final int CHUNKING_KEY_BYTES = 32;

    private static Map<String, String> roles() {
        var roles = new LinkedHashMap<String, String>();
        roles.put("operator", "*");
        roles.put("brick-agent", "brick/*,host/*");
        roles.put("etcd-agent", "etcd/*");
        roles.put("k8s-dumper", "kubernetes/*");
        roles.put("provisioner", "provisioner/*");
        roles.put("drill", "drill/*");
        return roles;
    }

    /** The age secret that opens every backup: it belongs off-line, never into the protected cluster. */
    public Path identity() {
        return root.resolve("identity.txt");
    }

    public Path recipients() {
        return root.resolve("recipients.txt");
    }

    public Path allowedSigners() {
        return root.resolve("allowed_signers");
    }

    public Path chunkingKey() {
        return root.resolve("chunking-key");
    }

    /** The private key of a role such as {@code operator} or {@code shipper-<target>}; its public half is beside it. */
    public Path signingKey(String role) {
        return root.resolve("signing").resolve(role);
    }

    /**
     * Makes a whole keys directory, or nothing: all files are written and synced beside it and appear by one rename.
     *
     * @param targets names of the targets whose shippers get a key each
     * @throws BackupException {@code USAGE} if {@code directory} is there and not empty, or a target's name is none
     */
    public static KeysDirectory generate(Path directory, List<String> targets) throws BackupException {
        for (var target : targets) {
            try {
                new TargetName(target);
            } catch (IllegalArgumentException e) {
                throw new BackupException(Kind.USAGE, String.valueOf(e.getMessage()), e);
            }
        }
        var whole = directory.toAbsolutePath().normalize();
        try {
            var parent = whole.getParent();
            if (parent == null) {
                throw new BackupException(Kind.USAGE, "not a place for keys: " + whole);
            }
            requireAbsent(whole);
            Files.createDirectories(parent);
            var unfinished = Files.createTempDirectory(parent, "." + whole.getFileName() + ".tmp-");
            try {
                new KeysDirectory(unfinished).fill(targets);
                Files.move(unfinished, whole, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException | RuntimeException e) {
                discard(unfinished);
                throw e;
            }
            sync(parent);
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            throw exists(whole);
        } catch (IOException e) {
            throw new BackupException(Kind.FAILED, "cannot make keys in " + whole + ": " + FileReason.named(e), e);
        }
        return new KeysDirectory(whole);
    }

    private static void requireAbsent(Path directory) throws IOException, BackupException {
        if (Files.isDirectory(directory)) {
            try (var entries = Files.list(directory)) {
                if (entries.findAny().isPresent()) {
                    throw exists(directory);
                }
            }
        } else if (Files.exists(directory)) {
            throw exists(directory);
        }
    }

    private static BackupException exists(Path directory) {
        return new BackupException(
                        Kind.USAGE, "keys are never overwritten, and something is there already: " + directory)
                .withHint("name a directory that does not exist or is empty");
    }

    private void fill(List<String> targets) throws IOException {
        var created = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        var age = ageKeyPair();
        secret(
                identity(),
                "# created: " + created + "\n# public key: " + age.getPublic() + "\n" + age.getPrivate() + "\n");
        open(recipients(), "# age recipients, one a line\n" + age.getPublic() + "\n");
        secret(chunkingKey(), chunkingKeyText());

        Files.createDirectory(
                root.resolve("signing"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var roles = new LinkedHashMap<>(ROLES);
        targets.forEach(target -> roles.put("shipper-" + target, "ledger/" + target));
        var allowed = new StringBuilder();
        for (var role : roles.entrySet()) {
            var key = SigningKey.generate(role.getKey());
            secret(signingKey(role.getKey()), key.privateFile());
            open(signingKey(role.getKey() + ".pub"), key.publicFile());
            allowed.append(role.getValue())
                    .append(" namespaces=\"")
                    .append(SshSignature.NAMESPACE)
                    .append("\" ");
            allowed.append(key.publicFile());
        }
        open(allowedSigners(), allowed.toString());
        sync(root.resolve("signing"));
        sync(root);
    }

    private static String chunkingKeyText() {
        var bytes = new byte[CHUNKING_KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes) + "\n";
    }

    private static KeyPair ageKeyPair() {
        try {
            return new X25519KeyPairGenerator().generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 11 has X25519", e);
        }
    }

    private static void secret(Path file, String text) throws IOException {
        write(file, text, "rw-------");
    }

    private static void open(Path file, String text) throws IOException {
        write(file, text, "rw-r--r--");
    }

    private static void write(Path file, String text, String mode) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static void sync(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void discard(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
