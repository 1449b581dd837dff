package org.clusterbackup.cli.tar;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.clusterbackup.repository.BackupException;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the members of an archive that {@link Judge} takes, byte for byte, so that GNU tar unpacks them with all it
 * knows; the others never reach it. Not for use by several threads.
 */
final class TarFilter extends OutputStream {
    /** Decides on one member, before any byte of it is handed on. */
    interface Judge {
        boolean takes(TarEntry entry) throws BackupException, IOException;
    }

    /** Hears what became of an archive of which parts are lost. */
    interface Losses {
        /** Of the member that was taken last some bytes are zeros now. */
        void damaged(TarEntry entry);

        /** So many bytes in which members began, or the end of the archive. */
        void gap(long bytes);

        /** A member that is left out, since its name or its parts may be lost: what is left of its headers. */
        void missing(TarEntry entry);
    }

    private enum State {
        HEADER,
        META,
        SPARSE_MAP,
        /** A map that the member's bytes begin with. */
        INNER_MAP,
        PAYLOAD,
        /** Behind a gap, until the archive goes on. */
        SEARCH,
        END
    }

    private static final int BLOCK = TarHeaders.BLOCK;
    private static final byte[] NOTHING = new byte[1 << 16];
    private static final int MAX_META_BYTES = 1 << 20;
    private static final int OLD_SPARSE_EXTENDED_AT = 482;
    private static final int SPARSE_EXTENDED_AT = 504;

    private final OutputStream out;
    private final Judge judge;
    private final Losses losses;
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
    private @Nullable TarEntry member;
    private SparseMap map = new SparseMap();
    private TarSearch search = new TarSearch();
    private boolean searching;
    /** Bytes to go until the next block begins. */
    private int torn;

    TarFilter(OutputStream out, Judge judge, Losses losses) {
        this.out = out;
        this.judge = judge;
        this.losses = losses;
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
            passed(n);
            return n;
        }
        if (state == State.END) {
            return available;
        }
        if (torn > 0) {
            var n = Math.min(available, torn);
            torn -= n;
            return n;
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

    private void passed(long bytes) {
        remaining -= bytes;
        if (remaining > 0) {
            return;
        }
        state = searching ? State.SEARCH : State.HEADER;
        if (searching) {
            search.passed();
        }
    }

    /**
     * In the place of bytes that are lost. In a file zeros stand for them; a header that they hit is lost with its member, and
     * the archive goes on with the next one that is whole.
     */
    void lost(long length) throws IOException {
        var left = length;
        if (state == State.INNER_MAP && member != null) {
            if (taking) {
                losses.missing(member);
            }
            taking = false;
            remaining -= filled;
            filled = 0;
            handOn();
        }
        if (state == State.PAYLOAD) {
            var n = Math.min(left, remaining);
            if (taking && member != null) {
                losses.damaged(member);
                zeros(n);
            }
            passed(n);
            left -= n;
        }
        if (left > 0 && state != State.END) {
            losses.gap(left);
            if (state == State.SPARSE_MAP && taking && member != null) {
                losses.missing(member);
            }
            pending.reset();
            headers = new TarHeaders();
            // A block of which a part is lost is none: the next begins where it ends.
            var within = torn > 0 ? BLOCK - torn : filled;
            torn = (int) ((BLOCK - (within + left) % BLOCK) % BLOCK);
            filled = 0;
            search = new TarSearch();
            searching = true;
            state = State.SEARCH;
        }
    }

    private void zeros(long length) throws IOException {
        for (var left = length; left > 0; left -= Math.min(left, NOTHING.length)) {
            out.write(NOTHING, 0, (int) Math.min(left, NOTHING.length));
        }
    }

    private void search() throws IOException, BackupException {
        switch (search.look(block)) {
            case NOTHING -> {}
            case MEMBER -> {
                searching = false;
                header();
            }
            case DOUBTFUL -> {
                var entry = headers.entry(block);
                losses.missing(entry);
                taking = false;
                remaining = padded(entry.size());
                state = State.PAYLOAD;
                passed(0);
            }
        }
    }

    private void whole() throws IOException, BackupException {
        switch (state) {
            case HEADER -> header();
            case META -> metaBlock();
            case SPARSE_MAP -> sparseBlock();
            case INNER_MAP -> innerMapBlock();
            case SEARCH -> search();
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
        member = entry;
        taking = judge.takes(entry);
        pending.write(block, 0, BLOCK);
        remaining = padded(entry.size());
        if (type == 'S' && block[OLD_SPARSE_EXTENDED_AT] != 0) {
            state = State.SPARSE_MAP;
        } else if (headers.hasMap() && remaining > 0) {
            map = new SparseMap();
            state = State.INNER_MAP;
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
        pendMap();
        if (block[SPARSE_EXTENDED_AT] == 0) {
            handOn();
        }
    }

    private void pendMap() throws BackupException {
        if (pending.size() > 2 * MAX_META_BYTES + (64 << 20)) {
            throw TarHeaders.bad("a sparse file has too many parts");
        }
        pending.write(block, 0, BLOCK);
    }

    /** Held back until it is whole: without it nobody knows where the file's bytes belong. */
    private void innerMapBlock() throws IOException, BackupException {
        pendMap();
        remaining -= BLOCK;
        if (map.endsIn(block) || remaining == 0) {
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
     * @throws BackupException {@code DAMAGED} if this one did not end as archives do, and the end is not among what is lost;
     *     if there was no member
     */
    void finish() throws BackupException, IOException {
        if (state != State.END && (state != State.SEARCH || !sawMember)) {
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
