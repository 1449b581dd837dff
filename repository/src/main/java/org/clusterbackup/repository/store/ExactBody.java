package org.clusterbackup.repository.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body on its way to a store: fails unless it has exactly as many bytes as it announced. */
final class ExactBody extends FilterInputStream {
    private final long length;
    private long seen;

    private ExactBody(InputStream in, long length) {
        super(in);
        this.length = length;
    }

    /** The fault is the body's, not the store's. */
    static final class BrokenException extends IOException {
        private static final long serialVersionUID = 1L;

        BrokenException(String message) {
            super(message);
        }

        BrokenException(IOException cause) {
            super("the body cannot be read: " + cause.getMessage(), cause);
        }
    }

    static ExactBody open(Body body) throws BrokenException {
        try {
            return new ExactBody(body.open(), body.length());
        } catch (IOException e) {
            throw new BrokenException(e);
        }
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
        var n = readBelow(b, off, len);
        seen += Math.max(0, n);
        // Some senders stop at the announced length and never ask for the end.
        if (seen > length || (n > 0 && seen == length && readBelow(new byte[1], 0, 1) >= 0)) {
            throw new BrokenException("the body has more bytes than the " + length + " that it announced");
        }
        if (n < 0 && seen < length) {
            throw new BrokenException("the body has " + seen + " bytes, it announced " + length);
        }
        return n;
    }

    private int readBelow(byte[] b, int off, int len) throws BrokenException {
        try {
            return in.read(b, off, len);
        } catch (IOException e) {
            throw new BrokenException(e);
        }
    }
}
