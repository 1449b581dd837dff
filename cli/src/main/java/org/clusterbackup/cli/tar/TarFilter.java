package org.clusterbackup.cli.tar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.clusterbackup.repository.BackupException;

/**
 * Hands on the members of an archive that {@link Judge} takes, byte for byte, so that GNU tar unpacks them with all it
 * knows; the others never reach it. Not for use by several threads.
 */
final class TarFilter extends OutputStream {
    /** Decides on one member, before any byte of it is handed on. */
    interface Judge {
        boolean takes(TarEntry entry) throws BackupException, IOException;
    }

    private enum State {
        HEADER,
        META,
        SPARSE_MAP,
        PAYLOAD,
        END
    }

    private static final int BLOCK = TarHeaders.BLOCK;
    private static final int MAX_META_BYTES = 1 << 20;
    private static final int OLD_SPARSE_EXTENDED_AT = 482;
    private static final int SPARSE_EXTENDED_AT = 504;

    private final OutputStream out;
    private final Judge judge;
    private final byte[] block = new byte[BLOCK];
    private int filled;
    private State state = State.HEADER;
    private TarHeaders headers = new TarHeaders();
    /** The headers of the member at hand, as they were: handed on together, or not at all. */
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

    private final ByteArrayOutputStream meta = new ByteArrayOutputStream();
    private char metaType;
    private long remaining;
    private long metaBytes;
    private boolean taking;
    private boolean sawMember;

    TarFilter(OutputStream out, Judge judge) {
        this.out = out;
        this.judge = judge;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            var at = offset;
            while (at < offset + length) {
                at += take(bytes, at, offset + length - at);
            }
        } catch (BackupException e) {
            throw new RefusedException(e);
        }
    }

    private int take(byte[] bytes, int at, int available) throws IOException, BackupException {
        if (state == State.PAYLOAD) {
            var n = (int) Math.min(available, remaining);
            if (taking) {
                out.write(bytes, at, n);
            }
            remaining -= n;
            state = remaining == 0 ? State.HEADER : State.PAYLOAD;
            return n;
        }
        if (state == State.END) {
            return available;
        }
        var n = Math.min(available, BLOCK - filled);
        System.arraycopy(bytes, at, block, filled, n);
        filled += n;
        if (filled == BLOCK) {
            filled = 0;
            whole();
        }
        return n;
    }

    private void whole() throws IOException, BackupException {
        switch (state) {
            case HEADER -> header();
            case META -> metaBlock();
            case SPARSE_MAP -> sparseBlock();
            case PAYLOAD, END -> throw new IllegalStateException("no blocks in state " + state);
        }
    }

    private void header() throws IOException, BackupException {
        if (TarHeaders.isZero(block)) {
            state = State.END;
            return;
        }
        TarHeaders.requireChecksum(block);
        var type = TarHeaders.type(block);
        if (type == 'x' || type == 'g' || type == 'L' || type == 'K') {
            metaType = type;
            metaBytes = TarHeaders.size(block);
            if (metaBytes <= 0 || metaBytes > MAX_META_BYTES || pending.size() > 2 * MAX_META_BYTES) {
                throw TarHeaders.bad("a name or extended header is too long");
            }
            remaining = padded(metaBytes);
            meta.reset();
            pending.write(block, 0, BLOCK);
            state = State.META;
            return;
        }
        sawMember = true;
        var entry = headers.entry(block);
        taking = judge.takes(entry);
        pending.write(block, 0, BLOCK);
        remaining = padded(entry.size());
        if (type == 'S' && block[OLD_SPARSE_EXTENDED_AT] != 0) {
            state = State.SPARSE_MAP;
        } else {
            handOn();
        }
    }

    private void metaBlock() throws BackupException {
        pending.write(block, 0, BLOCK);
        meta.write(block, 0, BLOCK);
        remaining -= BLOCK;
        if (remaining > 0) {
            return;
        }
        var payload = Arrays.copyOf(meta.toByteArray(), (int) metaBytes);
        switch (metaType) {
            case 'x' -> headers.extended(payload);
            case 'g' -> TarHeaders.global(payload);
            default -> headers.longName(metaType, payload);
        }
        state = State.HEADER;
    }

    /** GNU's old sparse files carry more of their map in blocks of its own. */
    private void sparseBlock() throws IOException, BackupException {
        if (pending.size() > 2 * MAX_META_BYTES + (64 << 20)) {
            throw TarHeaders.bad("a sparse file has too many parts");
        }
        pending.write(block, 0, BLOCK);
        if (block[SPARSE_EXTENDED_AT] == 0) {
            handOn();
        }
    }

    private void handOn() throws IOException {
        if (taking) {
            pending.writeTo(out);
        }
        pending.reset();
        headers = new TarHeaders();
        state = remaining == 0 ? State.HEADER : State.PAYLOAD;
    }

    private static long padded(long size) {
        return (size + BLOCK - 1) / BLOCK * BLOCK;
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    /**
     * Ends the archive that was handed on, without closing the stream that it went to.
     *
     * @throws BackupException {@code DAMAGED} if this one did not end as archives do
     */
    void finish() throws BackupException, IOException {
        if (state != State.END) {
            throw TarHeaders.bad(sawMember ? "it has no end" : "it holds no member");
        }
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    /** A {@link BackupException} on its way through a stream's method. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient BackupException reason;

        RefusedException(BackupException reason) {
            super(reason.getMessage(), reason);
            this.reason = reason;
        }

        BackupException reason() {
            return reason;
        }
    }
}
