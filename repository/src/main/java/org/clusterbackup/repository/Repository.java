package org.clusterbackup.repository;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectStore;

/**
 * One copy of a repository whose {@code repository.json} was verified: nobody gets at the objects below without that.
 * It does not own its store: whoever opened the store closes it.
 */
public record Repository(ObjectStore store, RepositoryDescription description, AllowedSigners signers) {
    public static final String RESTORE_MD = "RESTORE.md";
    public static final String RESTORE_SH = "restore.sh";
    private static final int MAX_SIGNATURE_BYTES = 4096;

    /**
     * Opens the copy that is there.
     *
     * @throws BackupException {@code NO_REPOSITORY} if none is there, {@code UNKNOWN_FORMAT}, {@code SIGNATURE} or
     *     {@code DAMAGED} if it cannot be believed, or what the store throws
     */
    public static Repository open(ObjectStore store, AllowedSigners signers) throws BackupException {
        var bytes = description(store);
        try {
            return open(store, signers, bytes);
        } catch (BackupException e) {
            if (e.kind() != Kind.SIGNATURE) {
                throw e;
            }
            // The signature of one that was replaced meanwhile goes with it.
            var now = description(store);
            if (Arrays.equals(now, bytes)) {
                throw e;
            }
            return open(store, signers, now);
        }
    }

    private static Repository open(ObjectStore store, AllowedSigners signers, byte[] bytes) throws BackupException {
        requireKnownFormat(bytes);
        var signature = RepositoryDescription.signatureName(Sha256.of(bytes));
        verify(store, signers, RepositoryDescription.SUBJECT, RepositoryDescription.NAME, bytes, signature);
        return new Repository(store, RepositoryDescription.parse(bytes), signers);
    }

    private static byte[] description(ObjectStore store) throws BackupException {
        try {
            return SmallObject.read(store, RepositoryDescription.NAME, JsonLayout.MAX_BYTES);
        } catch (BackupException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
            throw new BackupException(
                            Kind.NO_REPOSITORY,
                            "no repository at " + store.location() + ": it has no repository.json",
                            e)
                    .withHint("is the disk mounted, the path right? clusterbackup init makes one");
        }
    }

    /** A newer format may sign differently, so that its version is asked first; a file that is no JSON fails later. */
    private static void requireKnownFormat(byte[] bytes) throws BackupException {
        JsonMembers members;
        try {
            members = JsonLayout.parse(RepositoryDescription.NAME, bytes);
        } catch (BackupException notJson) {
            return;
        }
        if (members.has("format")) {
            members.requireFormat(RepositoryDescription.FORMAT);
        }
    }

    /** Stops whoever expects a copy of {@code other}: two repositories must not be mixed up. */
    public void requireSameAs(RepositoryDescription other) throws BackupException {
        if (!description.repository().equals(other.repository())) {
            throw new BackupException(
                            Kind.NO_REPOSITORY,
                            "another repository is at " + store.location() + ": its id is " + description.repository()
                                    + ", expected " + other.repository())
                    .withHint("a copy is made with clusterbackup init --same-as");
        }
    }

    /**
     * Looks again whether this copy is still there: a disk that was unmounted leaves an empty folder, into which everything would
     * be stored anew.
     *
     * @throws BackupException {@code NO_REPOSITORY} if none or another one is there now, or what {@link #open} throws
     */
    public void requireStillThere() throws BackupException {
        var now = open(store, signers).description();
        if (!now.repository().equals(description.repository()) || !now.target().equals(description.target())) {
            throw new BackupException(
                            Kind.NO_REPOSITORY, "another copy of a repository is at " + store.location() + " now")
                    .withHint("is the right disk mounted there?");
        }
    }

    /** The target's name; for those who work at targets only. */
    public TargetName requireTarget() throws BackupException {
        return description
                .target()
                .orElseThrow(() -> new BackupException(
                        Kind.USAGE, store.location() + " is a staging repository, and a target is needed"));
    }

    /**
     * Reads {@code name} and the signature {@code name.sig} and verifies it for {@code subject}.
     *
     * @throws BackupException {@code NOT_FOUND} if the object is absent, {@code SIGNATURE} if the signature is absent
     *     or wrong; both name the object
     */
    public byte[] readSigned(String subject, String name) throws BackupException {
        var bytes = SmallObject.read(store, name, JsonLayout.MAX_BYTES);
        verify(store, signers, subject, name, bytes, name + ".sig");
        return bytes;
    }

    /** Verifies bytes at hand against the signature object {@code signatureName}. */
    public void verifySigned(String subject, String name, byte[] bytes, String signatureName) throws BackupException {
        verify(store, signers, subject, name, bytes, signatureName);
    }

    private static void verify(
            ObjectStore store, AllowedSigners signers, String subject, String name, byte[] bytes, String signatureName)
            throws BackupException {
        String armored;
        try {
            armored = new String(
                    SmallObject.read(store, signatureName, MAX_SIGNATURE_BYTES), StandardCharsets.ISO_8859_1);
        } catch (BackupException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                throw new BackupException(
                        Kind.SIGNATURE, name + " at " + store.location() + " has no signature " + signatureName, e);
            }
            throw e.kind() == Kind.DAMAGED ? new BackupException(Kind.SIGNATURE, String.valueOf(e.getMessage()), e) : e;
        }
        try {
            signers.verify(subject, bytes, armored);
        } catch (BackupException e) {
            var refused = new BackupException(
                    Kind.SIGNATURE,
                    name + " at " + store.location() + " does not agree with " + signatureName + ": " + e.getMessage(),
                    e);
            throw e.hint().map(refused::withHint).orElse(refused);
        }
    }

    /**
     * Makes a repository where none is. {@code repository.json} is written last: killed before, nothing counts as a
     * repository and the same call goes on from what is there.
     *
     * @throws BackupException {@code TARGET_UNFIT} if there is a repository already or the place holds anything else,
     *     {@code SIGNATURE} if {@code signers} do not let {@code operator} sign for the subject {@code repository}
     */
    public static Repository init(ObjectStore store, RepositoryPlan plan, SigningKey operator, AllowedSigners signers)
            throws BackupException {
        requireEmpty(store);
        var restoreMd = resource(RESTORE_MD);
        var restoreSh = resource(RESTORE_SH);
        RepositoryDescription description;
        try {
            description = new RepositoryDescription(
                    plan.repository(),
                    plan.target(),
                    1,
                    Instant.now().truncatedTo(ChronoUnit.SECONDS),
                    plan.encryption(),
                    plan.recipients(),
                    plan.chunkAverageBytes(),
                    plan.packBytes(),
                    Sha256.of(restoreMd),
                    Sha256.of(restoreSh));
        } catch (IllegalArgumentException e) {
            throw new BackupException(Kind.USAGE, String.valueOf(e.getMessage()), e);
        }
        var bytes = description.bytes();
        var signature = signature(bytes, operator, signers);

        store.replace(RESTORE_MD, Body.of(restoreMd));
        store.replace(RESTORE_SH, Body.of(restoreSh));
        store.create(RepositoryDescription.signatureName(Sha256.of(bytes)), Body.of(signature));
        store.create(RepositoryDescription.NAME, Body.of(bytes));
        return open(store, signers);
    }

    private static String signature(byte[] description, SigningKey operator, AllowedSigners signers)
            throws BackupException {
        var signature = operator.sign(description);
        signers.verify(RepositoryDescription.SUBJECT, description, signature);
        return signature;
    }

    /** Whether {@code repository.json} says so already: that these are the recipients, by a signature of this key. */
    public boolean says(List<String> recipients, SigningKey operator) throws BackupException {
        var alone =
                AllowedSigners.parse("the operator's key", RepositoryDescription.SUBJECT + " " + operator.publicKey());
        try {
            return open(store, alone).description().recipients().equals(recipients);
        } catch (BackupException e) {
            if (e.kind() != Kind.SIGNATURE) {
                throw e;
            }
            return false;
        }
    }

    /**
     * Puts a {@code repository.json} with other recipients, signed by this key, in the place of the one that is there, as its
     * next revision; durable on return. Its signature is stored before it and the old one removed after it: killed in
     * between, one pair is whole, and a signature that is left over is no damage.
     *
     * @throws BackupException {@code SIGNATURE} if the signers do not let {@code operator} sign for the subject
     *     {@code repository}: nothing is changed then
     */
    public Repository replaced(List<String> recipients, SigningKey operator) throws BackupException {
        var old = descriptionSha256();
        var bytes = open(store, signers).description().next(recipients).bytes();
        var signature = signature(bytes, operator, signers);
        store.create(RepositoryDescription.signatureName(Sha256.of(bytes)), Body.of(signature));
        store.replace(RepositoryDescription.NAME, Body.of(bytes));
        try {
            store.delete(RepositoryDescription.signatureName(old));
        } catch (BackupException e) {
            if (e.kind() != Kind.NOT_PERMITTED) { // where nothing may be deleted it stays
                throw e;
            }
        }
        return open(store, signers);
    }

    /** The digest of {@code repository.json} as it lies there, which a ledger's entries of kind {@code keys} have. */
    public Sha256 descriptionSha256() throws BackupException {
        return Sha256.of(description(store));
    }

    private static boolean isSignature(String name) {
        return name.startsWith(RepositoryDescription.NAME + ".") && name.endsWith(".sig");
    }

    private static void requireEmpty(ObjectStore store) throws BackupException {
        for (var child : store.children("")) {
            if (child.equals(RepositoryDescription.NAME)) {
                throw new BackupException(
                        Kind.TARGET_UNFIT, "there is a repository at " + store.location() + " already");
            }
            var ofKilledInit = child.equals(RESTORE_MD) || child.equals(RESTORE_SH) || isSignature(child);
            if (!ofKilledInit) {
                throw new BackupException(
                                Kind.TARGET_UNFIT,
                                "there is something else at " + store.location() + " already: " + child)
                        .withHint("a repository needs a place of its own");
            }
        }
    }

    private static byte[] resource(String name) {
        try (InputStream in = Repository.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("not packaged: " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
