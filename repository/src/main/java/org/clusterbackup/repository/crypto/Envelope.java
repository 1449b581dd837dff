package org.clusterbackup.repository.crypto;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * What is around the bytes of packs and contents: one zstd frame, and around it one age file unless the repository has
 * encryption {@code none}. Writers hold recipients only, readers an identity. Thread-safe.
 */
public final class Envelope {
    private final Encryption encryption;
    private final Optional<Recipients> recipients;
    private final Optional<Identity> identity;

    private Envelope(Encryption encryption, Optional<Recipients> recipients, Optional<Identity> identity) {
        this.encryption = encryption;
        this.recipients = recipients;
        this.identity = identity;
    }

    /** Seals and cannot open. */
    public static Envelope to(Recipients recipients) {
        return new Envelope(Encryption.AGE, Optional.of(recipients), Optional.empty());
    }

    /** Opens and cannot seal. */
    public static Envelope openedBy(Identity identity) {
        return new Envelope(Encryption.AGE, Optional.empty(), Optional.of(identity));
    }

    /** For a repository that was made with encryption {@code none}: compresses only. */
    public static Envelope unsealed() {
        return new Envelope(Encryption.NONE, Optional.empty(), Optional.empty());
    }

    public Encryption encryption() {
        return encryption;
    }

    /** @param level of zstd; the caller closes the sealer */
    public PackSealer sealer(int level) {
        return new PackSealer(writing(), level);
    }

    /** The caller closes the opener. */
    public PackOpener opener() {
        return new PackOpener(reading());
    }

    /** @param sink closed with the result */
    public SealedOutput output(OutputStream sink, int level) throws IOException {
        return new SealedOutput(sink, writing(), level);
    }

    /**
     * The plain bytes of the object {@code name}; a cut or changed one shows as an IOException, never as an end.
     *
     * @param source closed with the result, not when this throws
     * @throws BackupException {@code NO_KEY} if no identity fits, {@code DAMAGED} if it is not sealed at all
     */
    public InputStream input(String name, InputStream source) throws BackupException {
        try {
            var buffered = new BufferedInputStream(source, Aead.SEALED_PIECE);
            var keys = reading();
            var frame = keys.isPresent() ? new AgeInput(name, buffered, keys.get()) : buffered;
            return new ZstdInputStreamNoFinalizer(frame);
        } catch (IOException e) {
            throw new BackupException(Kind.DAMAGED, "cannot read " + name + ": " + e, e);
        }
    }

    private Optional<Recipients> writing() {
        if (encryption == Encryption.AGE && recipients.isEmpty()) {
            throw new IllegalArgumentException("an envelope of an identity cannot seal");
        }
        return recipients;
    }

    private Optional<Identity> reading() {
        if (encryption == Encryption.AGE && identity.isEmpty()) {
            throw new IllegalArgumentException("an envelope of recipients cannot open");
        }
        return identity;
    }
}
