package org.clusterbackup.repository.crypto;

import com.exceptionfactory.jagged.UnsupportedRecipientStanzaException;
import com.exceptionfactory.jagged.framework.format.StandardPayloadKeyReader;
import com.exceptionfactory.jagged.framework.format.StandardPayloadKeyWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.SecretKey;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * A binary age v1 file in memory: header and keys by jagged, the payload piece by piece here, since jagged's channels
 * cost two to five times what the cipher does. Not thread-safe; keeps two buffers of a piece.
 */
final class AgeFile {
    private static final int HEADER = 256;
    private static final int STANZA = 128;

    private final Aead aead;
    private final byte[] out = new byte[Aead.SEALED_PIECE];
    // Conscrypt copies the whole array that it is given, so it gets arrays of one piece.
    private final byte[] in = new byte[Aead.SEALED_PIECE];

    AgeFile(Aead aead) {
        this.aead = aead;
    }

    /** Room that {@link #seal} needs at most. */
    static int sealedBound(int length, Recipients recipients) {
        var pieces = length / Aead.PIECE + 1;
        return Math.toIntExact(headerBound(recipients) + length + (long) pieces * Aead.TAG);
    }

    static int headerBound(Recipients recipients) {
        return HEADER + STANZA * recipients.values().size();
    }

    /** Puts a header for {@code recipients} into {@code header} and returns the key of what follows it. */
    static SecretKey begin(Recipients recipients, ByteBuffer header) {
        try {
            var key = new StandardPayloadKeyWriter().writeFileHeader(header, recipients.writers());
            return Aead.key(key.getEncoded());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot write an age header", e);
        }
    }

    /**
     * Reads the header that {@code file} begins with and leaves its position behind it.
     *
     * @throws BackupException {@code NO_KEY} if no identity fits, {@code DAMAGED} if it is no age header
     */
    static SecretKey begin(Identity identity, ByteBuffer file, String name) throws BackupException {
        try {
            var key = new StandardPayloadKeyReader().getPayloadKey(file, identity.readers());
            return Aead.key(key.getEncoded());
        } catch (UnsupportedRecipientStanzaException e) {
            throw new BackupException(Kind.NO_KEY, "no identity at hand opens " + name, e)
                    .withHint("it was sealed to other recipients");
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw new BackupException(Kind.DAMAGED, name + " does not begin with an age header: " + e, e);
        }
    }

    /** @return the length of the age file that {@code target} holds from 0 on */
    int seal(Recipients recipients, byte[] plain, int length, byte[] target) {
        var header = ByteBuffer.wrap(target);
        var key = begin(recipients, header);
        var end = header.position();
        try {
            var counter = 0L;
            for (var at = 0; at < length || counter == 0; at += Aead.PIECE) {
                var piece = Math.min(Aead.PIECE, length - at);
                System.arraycopy(plain, at, in, 0, piece);
                var n = aead.seal(key, counter++, at + piece == length, in, 0, piece, out);
                System.arraycopy(out, 0, target, end, n);
                end += n;
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot seal", e);
        }
        return end;
    }

    /**
     * @return the length of the plain bytes, which {@code target} holds from 0 on; it must have room for {@code length}
     * @throws BackupException {@code NO_KEY} if no identity fits, {@code DAMAGED} if a byte is not what was sealed
     */
    int open(Identity identity, String name, byte[] sealed, int length, byte[] target) throws BackupException {
        var file = ByteBuffer.wrap(sealed, 0, length);
        var key = begin(identity, file, name);
        var at = file.position();
        var end = 0;
        try {
            for (var counter = 0L; ; counter++) {
                var piece = Math.min(Aead.SEALED_PIECE, length - at);
                if (piece < Aead.TAG || (piece == Aead.TAG && counter > 0)) {
                    throw new BackupException(Kind.DAMAGED, name + " is cut");
                }
                System.arraycopy(sealed, at, in, 0, piece);
                var last = at + piece == length;
                var n = aead.open(key, counter, last, in, 0, piece, out);
                System.arraycopy(out, 0, target, end, n);
                end += n;
                at += piece;
                if (last) {
                    return end;
                }
            }
        } catch (GeneralSecurityException e) {
            throw new BackupException(Kind.DAMAGED, name + " is not what was sealed: " + e, e);
        }
    }
}
