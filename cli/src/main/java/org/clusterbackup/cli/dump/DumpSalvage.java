package org.clusterbackup.cli.dump;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * A dump with lost parts on its way to xfsrestore, which restores nothing that comes after the first header that it cannot
 * read. So each gap is mended: within a file's bytes zeros stand in its place; otherwise the file ends there, and the dump goes
 * on with the next header that is one: 256 bytes on a multiple of eight, whose words add up to 0 (see {@code Header}), and whose inode comes after
 * the last, for xfsdump goes by inodes. Of the names no byte may be lost. What this cannot tell: where the beginning of a file
 * that is itself a dump is lost, the headers in it are headers, too. Numbers are big-endian, as {@link DumpFolders} says.
 */
public final class DumpSalvage {
    static final int EXTENT_BYTES = 32;
    private static final int EXTENT_CHECKED = 1;
    static final int EXTENT_LAST = 0;
    static final int EXTENT_ALIGN = 1;
    static final int EXTENT_DATA = 4;
    private static final int EXTENT_HOLE = 8;
    private static final int STEP = 8;

    private final InputStream in;
    private final OutputStream out;
    private final Gaps gaps;
    private final Inodes whole = new Inodes();
    private final Inodes damaged = new Inodes();
    private final byte[] buffer = new byte[1 << 16];
    private long at;
    private long last;

    private DumpSalvage(InputStream in, OutputStream out, Gaps gaps) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.out = new BufferedOutputStream(out, 1 << 16);
        this.gaps = gaps;
    }

    /** What became of the files, by their inodes; a file that is neither did not come through. */
    public record Result(Inodes whole, Inodes damaged) {}

    /**
     * @param in has zeros, or anything, where {@code gaps} are
     * @throws BackupException {@code DAMAGED} if names are lost: then nothing can be saved
     */
    public static Result mend(InputStream in, OutputStream out, Gaps gaps) throws BackupException, IOException {
        var salvage = new DumpSalvage(in, out, gaps);
        salvage.begin();
        salvage.records();
        salvage.out.flush();
        return new Result(salvage.whole, salvage.damaged);
    }

    private byte[] read(int length) throws IOException {
        var bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the dump ends within a record");
        }
        at += length;
        return bytes;
    }

    /** @return whether all bytes that went by are known */
    private boolean pass(long length) throws IOException {
        var from = at;
        for (var left = length; left > 0; ) {
            var count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (count < 0) {
                throw new EOFException("the dump ends within a record");
            }
            out.write(buffer, 0, count);
            at += count;
            left -= count;
        }
        return !gaps.touch(from, at);
    }

    private void begin() throws BackupException, IOException {
        var header = read(DumpFolders.HEADER_BYTES);
        var hunks = ByteBuffer.wrap(header).getLong(DumpFolders.HUNKS_AT);
        if (gaps.touch(0, at) || hunks < 0 || hunks > Integer.MAX_VALUE) {
            throw namesLost();
        }
        out.write(header);
        // The map of inodes is not needed for a restore of everything.
        pass(hunks * DumpFolders.HUNK_BYTES);
    }

    private static BackupException namesLost() {
        return new BackupException(Kind.DAMAGED, "the names of the files are among what is lost: nothing can be saved");
    }

    private void records() throws BackupException, IOException {
        var header = header();
        while (true) {
            if (gaps.touch(at - Header.BYTES, at) || !header.isSound()) {
                if (last == 0) {
                    throw namesLost();
                }
                header = next(header);
            }
            header.writeTo(out);
            if (header.isEnd()) {
                return;
            }
            var sound = body(header);
            if (!sound && last == 0) {
                throw namesLost();
            }
            header = sound ? header() : next(header());
        }
    }

    /** Where a dump's end was lost there may be less than a header left. */
    private Header header() throws IOException {
        var bytes = in.readNBytes(Header.BYTES);
        at += bytes.length;
        return bytes.length < Header.BYTES ? Header.end() : Header.of(bytes);
    }

    /** @return whether the next header follows */
    private boolean body(Header header) throws BackupException, IOException {
        if (header.isAttributes()) {
            return attributes(header.inode());
        }
        if (header.isFolder()) {
            folder();
            return true;
        }
        last = header.inode();
        if (header.isFile() || header.isLink()) {
            return extents(header.inode(), header.isLink());
        }
        whole.add(last);
        return true;
    }

    private void folder() throws BackupException, IOException {
        var from = at;
        while (true) {
            var entry = ByteBuffer.wrap(read(DumpFolders.SHORTEST_ENTRY));
            var size = Short.toUnsignedInt(entry.getShort(DumpFolders.ENTRY_HEADER_BYTES - Short.BYTES));
            if (gaps.touch(from, at) || size < DumpFolders.SHORTEST_ENTRY) {
                throw namesLost();
            }
            out.write(entry.array());
            if (!pass(size - DumpFolders.SHORTEST_ENTRY)) {
                throw namesLost();
            }
            if (entry.getLong(0) == 0) {
                return;
            }
        }
    }

    private boolean extents(long inode, boolean one) throws IOException {
        var sound = true;
        while (true) {
            var from = at;
            var extent = read(EXTENT_BYTES);
            if (gaps.touch(from, at) || !isSound(extent)) {
                out.write(end());
                damaged.add(inode);
                return false;
            }
            out.write(extent);
            var words = ByteBuffer.wrap(extent);
            var type = words.getInt(2 * Long.BYTES);
            if (type == EXTENT_DATA || type == EXTENT_ALIGN) {
                sound &= pass(words.getLong(0)) || type == EXTENT_ALIGN;
            }
            if (type == EXTENT_LAST || (one && type == EXTENT_DATA)) {
                (sound ? whole : damaged).add(inode);
                return true;
            }
        }
    }

    static boolean isSound(byte[] extent) {
        var words = ByteBuffer.wrap(extent);
        var type = words.getInt(2 * Long.BYTES);
        return Header.sum(extent) == 0
                && words.getLong(0) >= 0
                && (words.getInt(2 * Long.BYTES + Integer.BYTES) & EXTENT_CHECKED) != 0
                && (type == EXTENT_LAST || type == EXTENT_ALIGN || type == EXTENT_DATA || type == EXTENT_HOLE);
    }

    private static byte[] end() {
        var extent = ByteBuffer.allocate(EXTENT_BYTES);
        extent.putInt(2 * Long.BYTES + Integer.BYTES, EXTENT_CHECKED);
        extent.putInt(2 * Long.BYTES + 2 * Integer.BYTES, -EXTENT_CHECKED);
        return extent.array();
    }

    /** A file that lost attributes is damaged, and has those that are left. */
    private boolean attributes(long inode) throws IOException {
        while (true) {
            var from = at;
            var attribute = ByteBuffer.wrap(read(DumpFolders.ATTRIBUTE_HEADER_BYTES));
            var size = attribute.getInt(0);
            var end = (attribute.getShort(Integer.BYTES + Short.BYTES) & DumpFolders.ATTRIBUTE_NULL) != 0;
            var value = gaps.touch(from, at)
                            || size < DumpFolders.ATTRIBUTE_HEADER_BYTES
                            || size > DumpFolders.LONGEST_ATTRIBUTE
                    ? new byte[0]
                    : read(size - DumpFolders.ATTRIBUTE_HEADER_BYTES);
            if (gaps.touch(from, at) || at - from < size || size < DumpFolders.ATTRIBUTE_HEADER_BYTES) {
                out.write(noMoreAttributes());
                damaged.add(inode);
                return false;
            }
            out.write(attribute.array());
            out.write(value);
            if (end) {
                return true;
            }
        }
    }

    private static byte[] noMoreAttributes() {
        var flags = DumpFolders.ATTRIBUTE_NULL | DumpFolders.ATTRIBUTE_CHECKED;
        var attribute = ByteBuffer.allocate(DumpFolders.ATTRIBUTE_HEADER_BYTES);
        attribute.putInt(0, DumpFolders.ATTRIBUTE_HEADER_BYTES);
        attribute.putShort(Integer.BYTES + Short.BYTES, (short) flags);
        attribute.putInt(3 * Integer.BYTES, -(DumpFolders.ATTRIBUTE_HEADER_BYTES + flags));
        return attribute.array();
    }

    /** The next header that can be one, from what was read last on; the dump's end if there is none. */
    private Header next(Header from) throws IOException {
        var window = from;
        while (!isNext(window)) {
            var more = in.readNBytes(STEP);
            if (more.length < STEP) {
                return Header.end();
            }
            at += STEP;
            window = window.moved(more);
        }
        return window;
    }

    private boolean isNext(Header header) {
        return header.isSound()
                && !gaps.touch(at - Header.BYTES, at)
                && !header.isAttributes()
                && !header.isFolder()
                && (header.isEnd() || header.inode() > last);
    }
}
