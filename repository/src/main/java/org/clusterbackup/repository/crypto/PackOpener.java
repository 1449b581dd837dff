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
    private byte[] frame = new byte[0];

    PackOpener(Optional<Identity> identity) {
        this.identity = identity;
    }

    /**
     * The plain bytes of the pack {@code name}.
     *
     * @throws BackupException {@code NO_KEY} if no identity fits, {@code DAMAGED} if it is not one sealed zstd frame
     */
    public byte[] open(String name, byte[] stored, int length) throws BackupException {
        if (identity.isEmpty()) {
            return decompress(name, stored, length);
        }
        if (frame.length < length) {
            frame = new byte[length];
        }
        return decompress(name, frame, age.open(identity.get(), name, stored, length, frame));
    }

    private byte[] decompress(String name, byte[] bytes, int length) throws BackupException {
        try {
            var size = Zstd.getFrameContentSize(bytes, 0, length);
            if (size < 0 || size > MAX_PLAIN || Zstd.findFrameCompressedSize(bytes, 0, length) != length) {
                throw new BackupException(Kind.DAMAGED, name + " does not hold one zstd frame of stated length");
            }
            var plain = new byte[(int) size];
            if (unzstd.decompressByteArray(plain, 0, plain.length, bytes, 0, length) != size) {
                throw new BackupException(Kind.DAMAGED, name + " holds less than its zstd frame says");
            }
            return plain;
        } catch (ZstdException e) {
            throw new BackupException(Kind.DAMAGED, name + " does not hold a zstd frame: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        unzstd.close();
    }
}
