package org.clusterbackup.repository.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A body, or a part of one, in the SDK's clothes: the SDK takes a file, an array or its own buffer, and of its buffer it
 * asks no more than the length and a stream. So a body of any size passes through without being held.
 */
final class S3Payload extends io.minio.ByteBuffer {
    private final Body body;
    private final Queue<InputStream> opened = new ConcurrentLinkedQueue<>();

    S3Payload(Body body) {
        super(0);
        this.body = body;
    }

    @Override
    public long length() {
        return body.length();
    }

    @Override
    public InputStream inputStream() {
        try {
            var in = ExactBody.open(body);
            opened.add(in);
            return in;
        } catch (ExactBody.BrokenException e) {
            return new FailingStream(e);
        }
    }

    /** Nobody else closes what the SDK read from. */
    @Override
    public void close() {
        for (var in = opened.poll(); in != null; in = opened.poll()) {
            try {
                in.close();
            } catch (IOException e) {
                // It was read to its end, or its failure was reported.
            }
        }
    }

    private static final class FailingStream extends InputStream {
        private final IOException failure;

        FailingStream(IOException failure) {
            this.failure = failure;
        }

        @Override
        public int read() throws IOException {
            throw failure;
        }

        @Override
        public int read(byte[] b, int off, int len) throws IOException {
            throw failure;
        }
    }
}
