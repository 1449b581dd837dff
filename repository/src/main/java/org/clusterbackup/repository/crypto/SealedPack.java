package org.clusterbackup.repository.crypto;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.Body;

/** A pack as it is stored, in its sealer's buffer: valid until that seals the next one. */
public final class SealedPack implements Body {
    private final byte[] bytes;
    private final int length;
    private final Sha256 sha256;

    SealedPack(byte[] bytes, int length) {
        this.bytes = bytes;
        this.length = length;
        var digest = Sha256.newDigest();
        digest.update(bytes, 0, length);
        sha256 = Sha256.of(digest);
    }

    @Override
    public long length() {
        return length;
    }

    /** Its name, too. */
    @Override
    public Sha256 sha256() {
        return sha256;
    }

    @Override
    public InputStream open() {
        return new ByteArrayInputStream(bytes, 0, length);
    }
}
