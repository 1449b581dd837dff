package org.clusterbackup.repository.crypto;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.SecretKey;

/**
 * An age file as a stream. Only {@link #finish} writes the last piece: closed without it, what was written is a file
 * that every reader refuses as cut.
 */
final class AgeOutput extends OutputStream {
    private final OutputStream sink;
    private final Aead aead = Aead.fastest();
    private final SecretKey key;
    private final byte[] piece = new byte[Aead.PIECE];
    private final byte[] out = new byte[Aead.SEALED_PIECE];
    private int filled;
    private long counter;

    /** @param sink closed with this */
    AgeOutput(OutputStream sink, Recipients recipients) throws IOException {
        this.sink = sink;
        var header = ByteBuffer.allocate(AgeFile.headerBound(recipients));
        key = AgeFile.begin(recipients, header);
        sink.write(header.array(), 0, header.position());
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        var at = offset;
        while (at < offset + length) {
            if (filled == piece.length) {
                seal(false);
            }
            var n = Math.min(piece.length - filled, offset + length - at);
            System.arraycopy(bytes, at, piece, filled, n);
            filled += n;
            at += n;
        }
    }

    void finish() throws IOException {
        seal(true);
        sink.flush();
    }

    private void seal(boolean last) throws IOException {
        try {
            var n = aead.seal(key, counter++, last, piece, 0, filled, out);
            sink.write(out, 0, n);
            filled = 0;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot seal", e);
        }
    }

    @Override
    public void close() throws IOException {
        sink.close();
    }
}
