package org.clusterbackup.repository.crypto;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.conscrypt.Conscrypt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ChaCha20-Poly1305 of the pieces of one age payload (age-encryption.org/v1, "Payload"): each of 64 KiB, its nonce an
 * 11-byte big-endian counter and a byte that is 1 for the last. The JDK's Poly1305 is fast only with AVX-512, so
 * Conscrypt comes first where its library loads (measured without AVX-512: 0.7 to 1.0 CPU-seconds per GB against 2.8 to
 * 3.0); both make the same bytes. Not thread-safe.
 */
final class Aead {
    static final int PIECE = 1 << 16;
    static final int TAG = 16;
    static final int SEALED_PIECE = PIECE + TAG;

    private static final Logger LOG = LoggerFactory.getLogger(Aead.class);
    private static final int NONCE = 12;

    private final Cipher cipher;
    private final byte[] nonce = new byte[NONCE];

    private Aead(Cipher cipher) {
        this.cipher = cipher;
    }

    static Aead fastest() {
        return Native.PROVIDER.map(Aead::by).orElseGet(Aead::portable);
    }

    /** By the JDK's own provider. */
    static Aead portable() {
        try {
            return new Aead(Cipher.getInstance("ChaCha20-Poly1305", "SunJCE"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 11 has ChaCha20-Poly1305", e);
        }
    }

    private static Aead by(Provider provider) {
        try {
            return new Aead(Cipher.getInstance("ChaCha20/Poly1305/NoPadding", provider));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("conscrypt lost its ChaCha20-Poly1305", e);
        }
    }

    static SecretKey key(byte[] raw) {
        return new SecretKeySpec(raw, "ChaCha20");
    }

    /** @return bytes put into {@code out} from 0: {@code length} and the tag */
    int seal(SecretKey key, long counter, boolean last, byte[] in, int offset, int length, byte[] out)
            throws GeneralSecurityException {
        return run(Cipher.ENCRYPT_MODE, key, counter, last, in, offset, length, out);
    }

    /** @throws GeneralSecurityException if a byte of the piece, its place or whether it is the last differs */
    int open(SecretKey key, long counter, boolean last, byte[] in, int offset, int length, byte[] out)
            throws GeneralSecurityException {
        return run(Cipher.DECRYPT_MODE, key, counter, last, in, offset, length, out);
    }

    private int run(int mode, SecretKey key, long counter, boolean last, byte[] in, int offset, int length, byte[] out)
            throws GeneralSecurityException {
        for (var i = 0; i < Long.BYTES; i++) {
            nonce[NONCE - 2 - i] = (byte) (counter >>> (8 * i));
        }
        nonce[NONCE - 1] = (byte) (last ? 1 : 0);
        cipher.init(mode, key, new IvParameterSpec(nonce));
        return cipher.doFinal(in, offset, length, out, 0);
    }

    /** Loaded once, when something is first sealed or opened: a command that does neither must not wait for it. */
    private static final class Native {
        static final Optional<Provider> PROVIDER = load();

        private static Optional<Provider> load() {
            try {
                return Optional.of(Conscrypt.newProviderBuilder().build());
            } catch (LinkageError | RuntimeException e) {
                LOG.info("conscrypt does not load here, sealing by the JDK's own provider: reason={}", e.toString());
                return Optional.empty();
            }
        }
    }
}
