package org.clusterbackup.repository.crypto;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;

/**
 * Whose signature is believed for what: the operator's {@code allowed_signers}, from which all trust comes. Immutable.
 */
public final class AllowedSigners {
    private static final int MAX_FILE_BYTES = 1 << 20;

    private final List<AllowedSigner> signers;

    private AllowedSigners(List<AllowedSigner> signers) {
        this.signers = List.copyOf(signers);
    }

    /**
     * Reads the file whole; one line that is not understood refuses all of it, since a restriction that is skipped is
     * a right that nobody gave.
     *
     * @throws BackupException {@code FAILED} with file, line and reason; {@code NO_KEY} if the file cannot be read
     */
    public static AllowedSigners read(Path file) throws BackupException {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new BackupException(Kind.FAILED, "allowed signers " + file + " is longer than 1 MiB");
            }
            return parse(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new BackupException(Kind.NO_KEY, "cannot read allowed signers " + file + ": " + FileReason.of(e), e);
        }
    }

    /** As {@link #read}; {@code name} stands in messages. */
    public static AllowedSigners parse(String name, String text) throws BackupException {
        var signers = new ArrayList<AllowedSigner>();
        var number = 0;
        for (var line : text.split("\n", -1)) {
            number++;
            var bare = line.strip();
            if (!bare.isEmpty() && !bare.startsWith("#")) {
                try {
                    signers.add(AllowedSigner.parse(bare));
                } catch (IllegalArgumentException e) {
                    throw new BackupException(
                            Kind.FAILED, "allowed signers " + name + " line " + number + ": " + e.getMessage(), e);
                }
            }
        }
        return new AllowedSigners(signers);
    }

    /**
     * Returns only if {@code armored} is a signature of {@code message} by a key that may sign as {@code subject} now.
     *
     * @throws BackupException {@code SIGNATURE}, naming subject and reason
     */
    public void verify(String subject, byte[] message, String armored) throws BackupException {
        SshSignature signature;
        try {
            signature = SshSignature.parse(armored);
        } catch (IllegalArgumentException e) {
            throw new BackupException(
                    Kind.SIGNATURE, "signature for subject " + subject + " cannot be read: " + e.getMessage(), e);
        }
        var ofKey =
                signers.stream().filter(s -> s.key().equals(signature.signer())).toList();
        if (ofKey.isEmpty()) {
            throw refused(subject, "its signer is unknown: " + signature.signer())
                    .withHint(
                            "these keys may not be of this repository: give its own with --keys, or --allowed-signers");
        }
        var entitled = ofKey.stream().filter(s -> s.maySignAs(subject)).toList();
        if (entitled.isEmpty()) {
            var patterns = ofKey.stream().map(AllowedSigner::patternList).collect(Collectors.joining(" "));
            throw refused(subject, "its signer may only sign for " + patterns);
        }
        var now = Instant.now();
        if (entitled.stream().noneMatch(s -> s.isValidAt(now))) {
            throw refused(subject, "its signer's key is not valid now: " + signature.signer());
        }
        if (!signature.verifies(message)) {
            throw refused(subject, "it does not belong to these bytes");
        }
    }

    /**
     * What to tell where no key that is valid now may sign as {@code subject}, beside those that may sign as anything, such
     * as the operator's: whoever is to sign has none, or the name is a slip.
     */
    public Optional<String> missingSignerOf(String subject) {
        var now = Instant.now();
        return signers.stream()
                        .filter(s -> s.maySignAs(subject) && s.isValidAt(now))
                        .anyMatch(s -> !s.patterns().contains("*"))
                ? Optional.empty()
                : Optional.of("allowed_signers has nobody for " + subject
                        + " but who may sign as anything: is the name right?");
    }

    private static BackupException refused(String subject, String reason) {
        return new BackupException(Kind.SIGNATURE, "signature for subject " + subject + " is refused: " + reason);
    }
}
