package org.clusterbackup.repository.crypto;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * Makes packs, one after another, with two buffers that it keeps: plain bytes are {@linkplain #compress compressed},
 * {@linkplain #decompressed read back} for a comparison, and {@linkplain #seal sealed}. Not thread-safe: one a worker.
 */
public final class PackSealer implements AutoCloseable {
    private final Optional<Recipients> recipients;
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private final ZstdDecompressCtx unzstd = new ZstdDecompressCtx();
    private final AgeFile age = new AgeFile(Aead.fastest());
    private byte[] frame = new byte[0];
    private byte[] second = new byte[0];
    private int plainLength;
    private int frameLength;

    PackSealer(Optional<Recipients> recipients, int level) {
        this.recipients = recipients;
        zstd.setLevel(level);
    }

    /** Compresses {@code plain}, which is free again when this returns. */
    public void compress(byte[] plain, int length) {
        frame = atLeast(frame, Math.toIntExact(Zstd.compressBound(length)));
        plainLength = length;
        frameLength = zstd.compressByteArray(frame, 0, frame.length, plain, 0, length);
    }

    /**
     * What a reader will see of the plain bytes given last, from 0 on: valid until {@link #seal}.
     *
     * @throws BackupException {@code FAILED} if the frame cannot be read back
     */
    public byte[] decompressed() throws BackupException {
        second = atLeast(second, plainLength);
        try {
            var n = unzstd.decompressByteArray(second, 0, second.length, frame, 0, frameLength);
            if (n == plainLength) {
                return second;
            }
            throw new BackupException(Kind.FAILED, "a pack of " + plainLength + " bytes reads back as " + n);
        } catch (ZstdException e) {
            throw new BackupException(Kind.FAILED, "a pack just compressed does not read back: " + e, e);
        }
    }

    /** The pack to store of the plain bytes given last. */
    public SealedPack seal() {
        if (recipients.isEmpty()) {
            return new SealedPack(frame, frameLength);
        }
        second = atLeast(second, AgeFile.sealedBound(frameLength, recipients.get()));
        return new SealedPack(second, age.seal(recipients.get(), frame, frameLength, second));
    }

    private static byte[] atLeast(byte[] buffer, int length) {
        return buffer.length >= length ? buffer : new byte[length];
    }

    @Override
    public void close() {
        zstd.close();
        unzstd.close();
    }
}
