package org.clusterbackup.repository.chunk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.FileReason;
import org.clusterbackup.repository.Kind;

/**
 * The 32 secret bytes from which gear table and chunk ids are derived as {@code docs/format.md} says: who lacks them can
 * neither guess a content from its chunks nor predict where a stream is cut. Immutable, thread-safe, never logged.
 */
public final class ChunkingKey {
    public static final int BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";
    private static final String GEAR = "clusterbackup gear 1";
    private static final String CHUNK = "clusterbackup chunk 1";
    private static final int GEARS = 256;

    private final byte[] key;

    /** @throws IllegalArgumentException unless {@code key} has 32 bytes */
    public ChunkingKey(byte[] key) {
        if (key.length != BYTES) {
            throw new IllegalArgumentException("a chunking key has 32 bytes, not " + key.length);
        }
        this.key = key.clone();
    }

    /**
     * Reads a file of 64 hexadecimal digits and a line feed.
     *
     * @throws BackupException {@code NO_KEY} if it cannot be read or holds something else
     */
    public static ChunkingKey read(Path file) throws BackupException {
        try {
            return new ChunkingKey(HexFormat.of()
                    .parseHex(Files.readString(file, StandardCharsets.US_ASCII).strip()));
        } catch (IOException e) {
            throw new BackupException(Kind.NO_KEY, "cannot read chunking key " + file + ": " + FileReason.of(e), e);
        } catch (IllegalArgumentException e) {
            // Not the cause, which may quote the key.
            throw new BackupException(Kind.NO_KEY, "chunking key " + file + " is not 64 hexadecimal digits");
        }
    }

    /** The table of {@link Chunker}, 256 words. */
    long[] gear() {
        var mac = mac(key);
        var gear = new long[GEARS];
        for (var i = 0; i < GEARS; i++) {
            mac.update(GEAR.getBytes(StandardCharsets.US_ASCII));
            mac.update((byte) i);
            gear[i] = ByteBuffer.wrap(mac.doFinal()).getLong();
        }
        return gear;
    }

    /** A maker of chunk ids; each belongs to one thread. */
    public ChunkIds ids() {
        return new ChunkIds(mac(mac(key).doFinal(CHUNK.getBytes(StandardCharsets.US_ASCII))));
    }

    private static Mac mac(byte[] secret) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChunkingKey that && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return "chunking key";
    }
}
