package org.clusterbackup.repository.crypto;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** Opens packs whose digest was proved already. Not thread-safe: one a worker. */
public final class PackOpener implements AutoCloseable {
    /** Packs are closed at a few ten MiB; what says more is not one of ours. */
    private static final long MAX_PLAIN = 1L << 30;

    private final Optional<Identity> identity;
    private final ZstdDecompressCtx unzstd = new ZstdDecompressCtx();
    private final AgeFile age = new AgeFile(Aead.fastest());
    private byte[] unsealed = new byte[0];
    private byte[] plain = new byte[0];
    /** Either {@link #unsealed}, or what was given where nothing is sealed. */
    private byte[] frame = unsealed;

    private int frameLength;

    PackOpener(Optional<Identity> identity) {
        this.identity = identity;
    }

    /**
     * The plain bytes of the pack {@code name}, in an array of their own.
     *
     * @throws BackupException {@code NO_KEY} if no identity fits, {@code DAMAGED} if it is not one sealed zstd frame
     */
    public byte[] open(String name, byte[] stored, int length) throws BackupException {
        unseal(name, stored, length);
        var bytes = new byte[plainLength(name)];
        decompress(name, bytes, bytes.length);
        return bytes;
    }

    /** As {@link #open}, for who does not need the plain bytes. */
    public void requireOpens(String name, byte[] stored, int length) throws BackupException {
        unseal(name, stored, length);
        var needed = plainLength(name);
        if (plain.length < needed) {
            plain = new byte[needed];
        }
        decompress(name, plain, needed);
    }

    private void unseal(String name, byte[] stored, int length) throws BackupException {
        if (identity.isEmpty()) {
            frame = stored;
            frameLength = length;
            return;
        }
        if (unsealed.length < length) {
            unsealed = new byte[length];
        }
        frame = unsealed;
        frameLength = age.open(identity.get(), name, stored, length, unsealed);
    }

    private int plainLength(String name) throws BackupException {
        try {
            var size = Zstd.getFrameContentSize(frame, 0, frameLength);
            if (size >= 0 && size <= MAX_PLAIN && Zstd.findFrameCompressedSize(frame, 0, frameLength) == frameLength) {
                return (int) size;
            }
        } catch (ZstdException e) {
            throw noFrame(name, e);
        }
        throw new BackupException(Kind.DAMAGED, name + " does not hold one zstd frame of stated length");
    }

    private void decompress(String name, byte[] bytes, int length) throws BackupException {
        try {
            if (unzstd.decompressByteArray(bytes, 0, length, frame, 0, frameLength) != length) {
                throw new BackupException(Kind.DAMAGED, name + " holds less than its zstd frame says");
            }
        } catch (ZstdException e) {
            throw noFrame(name, e);
        }
    }

    private static BackupException noFrame(String name, ZstdException e) {
        return new BackupException(Kind.DAMAGED, name + " does not hold a zstd frame: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        unzstd.close();
    }
}
