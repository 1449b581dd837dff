package org.clusterbackup.repository;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clusterbackup.repository.crypto.Encryption;

/**
 * What {@code repository.json} says about one copy of a repository; format 1.
 *
 * @param repository the id that all copies share, 32 hexadecimal digits
 * @param target empty in staging
 * @param recipients for information: a writer uses its own configuration
 * @param chunkAverageBytes default average chunk length, a power of two
 * @param packBytes plain bytes at which a pack is closed
 */
public record RepositoryDescription(
        String repository,
        Optional<TargetName> target,
        int revision,
        Instant created,
        Encryption encryption,
        List<String> recipients,
        int chunkAverageBytes,
        int packBytes,
        Sha256 restoreMdSha256,
        Sha256 restoreShSha256) {
    public static final String NAME = "repository.json";
    public static final String SUBJECT = "repository";
    static final int FORMAT = 1;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
    private static final int MIN_CHUNK_BYTES = 64 << 10;
    private static final int MAX_CHUNK_BYTES = 16 << 20;
    private static final int MAX_PACK_BYTES = 1 << 30;
    private static final int SIGNATURE_NAME_DIGITS = 16;

    public RepositoryDescription {
        recipients = List.copyOf(recipients);
        if (!ID.matcher(repository).matches()) {
            throw new IllegalArgumentException("not a repository id: " + repository);
        }
        if (Integer.bitCount(chunkAverageBytes) != 1
                || chunkAverageBytes < MIN_CHUNK_BYTES
                || chunkAverageBytes > MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException(
                    "the chunk average must be a power of two from 64 KiB to 16 MiB: " + chunkAverageBytes);
        }
        if (packBytes < 1 || packBytes > MAX_PACK_BYTES || revision < 1) {
            throw new IllegalArgumentException("pack size or revision is out of range: " + packBytes + ", " + revision);
        }
        if (encryption == Encryption.AGE && recipients.isEmpty()) {
            throw new IllegalArgumentException("an encrypted repository needs a recipient");
        }
    }

    /** The name of the signature of the {@code repository.json} that has this digest. */
    public static String signatureName(Sha256 digest) {
        return NAME + "." + digest.hex().substring(0, SIGNATURE_NAME_DIGITS) + ".sig";
    }

    public boolean isTarget() {
        return target.isPresent();
    }

    /** What takes the place of this one when the recipients change, or who signs it. */
    RepositoryDescription next(List<String> others) {
        return new RepositoryDescription(
                repository,
                target,
                revision + 1,
                created,
                encryption,
                others,
                chunkAverageBytes,
                packBytes,
                restoreMdSha256,
                restoreShSha256);
    }

    byte[] bytes() {
        var object = JsonLayout.object()
                .put("format", FORMAT)
                .put("repository", repository)
                .put("role", isTarget() ? "target" : "staging");
        target.ifPresent(name -> object.put("target", name.value()));
        object.put("revision", revision).put("created", created.toString()).put("encryption", encryption.text());
        var keys = object.putArray("recipients");
        recipients.forEach(keys::add);
        return JsonLayout.write(object.put("chunkAverageBytes", chunkAverageBytes)
                .put("packBytes", packBytes)
                .put("restoreMdSha256", restoreMdSha256.hex())
                .put("restoreShSha256", restoreShSha256.hex()));
    }

    static RepositoryDescription parse(byte[] bytes) throws BackupException {
        var members = JsonLayout.parse(NAME, bytes).requireFormat(FORMAT);
        try {
            return new RepositoryDescription(
                    members.text("repository"),
                    target(members),
                    Math.toIntExact(members.number("revision")),
                    members.time("created"),
                    Encryption.parse(members.text("encryption"))
                            .orElseThrow(() -> members.bad("encryption", "age or none")),
                    members.texts("recipients"),
                    Math.toIntExact(members.number("chunkAverageBytes")),
                    Math.toIntExact(members.number("packBytes")),
                    members.digest("restoreMdSha256"),
                    members.digest("restoreShSha256"));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new BackupException(Kind.DAMAGED, NAME + ": " + e.getMessage(), e);
        }
    }

    private static Optional<TargetName> target(JsonMembers members) throws BackupException {
        return switch (members.text("role")) {
            case "staging" -> {
                if (members.has("target")) {
                    throw members.bad("target", "absent, as it must be in staging");
                }
                yield Optional.empty();
            }
            case "target" -> Optional.of(new TargetName(members.text("target")));
            default -> throw members.bad("role", "staging or target");
        };
    }
}
