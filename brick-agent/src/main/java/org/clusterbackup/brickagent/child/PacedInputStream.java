package org.clusterbackup.brickagent.child;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;

/** Reads no faster than a given rate, averaged over a second: what was not used is not saved up for longer. */
final class PacedInputStream extends FilterInputStream {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long bytesPerSecond;
    private long due = System.nanoTime();

    PacedInputStream(InputStream in, long bytesPerSecond) {
        super(in);
        this.bytesPerSecond = bytesPerSecond;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        var n = in.read(bytes, offset, (int) Math.min(length, Math.max(1, bytesPerSecond / 4)));
        if (n > 0) {
            due = Math.max(due, System.nanoTime() - SECOND) + (long) ((double) n / bytesPerSecond * SECOND);
            pause(due - System.nanoTime());
        }
        return n;
    }

    private static void pause(long nanos) throws InterruptedIOException {
        if (nanos <= 0) {
            return;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while pacing");
        }
    }
}
