package org.clusterbackup.cli.dump;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Passes a dump on as it is, and notes which files are in it. What xfsdump says when it begins is what it set out to hold: of a
 * live file system some of that is deleted before its turn, and not all of it with a warning.
 */
public final class DumpedFiles extends FilterOutputStream {
    private interface Part {
        /** Says by {@link #expect} and {@link #skip} what comes after it. */
        void read(byte[] bytes);
    }

    private final Inodes files = new Inodes();
    private byte[] part = new byte[0];
    private int filled;
    private Part reader = nothing -> {};
    private long skip;
    private boolean ended;
    private boolean strange;

    public DumpedFiles(OutputStream out) {
        super(out);
        expect(DumpFolders.HEADER_BYTES, this::begin);
    }

    /** The inodes that are no folders; empty if the dump did not pass to its end, or is not as xfsdump's source describes it. */
    public Optional<Inodes> files() {
        return ended ? Optional.of(files) : Optional.empty();
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        for (var at = offset; at < offset + length && !ended && !strange; ) {
            var left = offset + length - at;
            if (skip > 0) {
                var passed = (int) Math.min(skip, left);
                skip -= passed;
                at += passed;
                continue;
            }
            var taken = Math.min(part.length - filled, left);
            System.arraycopy(bytes, at, part, filled, taken);
            filled += taken;
            at += taken;
            if (filled == part.length) {
                filled = 0;
                reader.read(part);
            }
        }
    }

    private void expect(int length, Part next) {
        if (part.length != length) {
            part = new byte[length];
        }
        reader = next;
    }

    /** What is passed over before the next part. */
    private void skip(long length) {
        strange |= length < 0;
        skip = length;
    }

    private void begin(byte[] bytes) {
        var header = ByteBuffer.wrap(bytes);
        strange = header.getLong(0) != DumpFolders.MAGIC || header.getInt(Long.BYTES) != DumpFolders.FORMAT;
        var hunks = header.getLong(DumpFolders.HUNKS_AT);
        skip(hunks > Integer.MAX_VALUE ? -1 : hunks * DumpFolders.HUNK_BYTES);
        expect(Header.BYTES, this::header);
    }

    private void header(byte[] bytes) {
        var header = Header.of(bytes);
        strange = !header.isSound();
        ended = !strange && header.isEnd();
        if (header.isAttributes()) {
            expect(DumpFolders.ATTRIBUTE_HEADER_BYTES, this::attribute);
        } else if (header.isFolder()) {
            expect(DumpFolders.SHORTEST_ENTRY, this::entry);
        } else if (!ended) {
            files.add(header.inode());
            if (header.isFile() || header.isLink()) {
                expect(DumpSalvage.EXTENT_BYTES, extent -> extent(extent, header.isLink()));
            }
        }
    }

    private void attribute(byte[] bytes) {
        var attribute = ByteBuffer.wrap(bytes);
        skip(attribute.getInt(0) - DumpFolders.ATTRIBUTE_HEADER_BYTES);
        if ((attribute.getShort(Integer.BYTES + Short.BYTES) & DumpFolders.ATTRIBUTE_NULL) != 0) {
            expect(Header.BYTES, this::header);
        }
    }

    private void entry(byte[] bytes) {
        var entry = ByteBuffer.wrap(bytes);
        skip(Short.toUnsignedInt(entry.getShort(DumpFolders.ENTRY_HEADER_BYTES - Short.BYTES))
                - DumpFolders.SHORTEST_ENTRY);
        if (entry.getLong(0) == 0) {
            expect(Header.BYTES, this::header);
        }
    }

    private void extent(byte[] bytes, boolean one) {
        strange = !DumpSalvage.isSound(bytes);
        var extent = ByteBuffer.wrap(bytes);
        var type = extent.getInt(2 * Long.BYTES);
        if (type == DumpSalvage.EXTENT_DATA || type == DumpSalvage.EXTENT_ALIGN) {
            skip(extent.getLong(0));
        }
        if (type == DumpSalvage.EXTENT_LAST || (one && type == DumpSalvage.EXTENT_DATA)) {
            expect(Header.BYTES, this::header);
        }
    }
}
