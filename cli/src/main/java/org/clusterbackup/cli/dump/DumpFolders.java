package org.clusterbackup.cli.dump;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * The beginning of a stream of xfsdump, format 3, as its {@code content_inode.h} describes it: a header, the map of inodes,
 * then each folder with its entries and attributes. All numbers are big-endian.
 */
final class DumpFolders {
    /** Segments that a path can have: the kernel takes 4096 bytes. */
    static final int DEEPEST = 2048;

    static final long MAGIC = 0x78465364756D7030L; // xFSdump0
    static final int FORMAT = 3;
    static final int HEADER_BYTES = 4096;
    private static final int ROOT_AT = 3928;
    static final int HUNKS_AT = 4016;
    static final long HUNK_BYTES = 4L * 4096;

    private static final int FILE_HEADER_BYTES = 256;
    static final int FILE_NULL = 1;
    static final int FILE_END = 1 << 2;
    static final int FILE_ATTRIBUTES = 1 << 3;

    private static final int MODE_TYPE = 0xF000;
    private static final int MODE_FOLDER = 0x4000;

    static final int ENTRY_HEADER_BYTES = 18;
    static final int SHORTEST_ENTRY = 24;
    private static final int LONGEST_ENTRY = 512;

    static final int ATTRIBUTE_HEADER_BYTES = 16;
    static final int LONGEST_ATTRIBUTE = 1 << 20;
    static final int ATTRIBUTE_NULL = 1 << 1;
    static final int ATTRIBUTE_CHECKED = 1 << 4;

    /** Told of each entry, in the order of the stream. */
    interface Listener {
        void entry(long folder, long inode, byte[] name) throws IOException;
    }

    private final DataInputStream in;
    private final long root;
    private final Set<Long> folders = new HashSet<>();

    private DumpFolders(DataInputStream in, long root) {
        this.in = in;
        this.root = root;
    }

    /** Reads up to the first folder. */
    static DumpFolders begin(InputStream dump) throws BackupException, IOException {
        var in = new DataInputStream(new BufferedInputStream(dump, 1 << 16));
        if (in.readLong() != MAGIC) {
            throw new BackupException(Kind.UNKNOWN_FORMAT, "the stream is not one of xfsdump");
        }
        var format = in.readInt();
        if (format != FORMAT) {
            throw new BackupException(Kind.UNKNOWN_FORMAT, "the dump has xfsdump's format " + format + ", not 3");
        }
        in.skipNBytes(ROOT_AT - Long.BYTES - Integer.BYTES);
        var root = in.readLong();
        in.skipNBytes(HUNKS_AT - ROOT_AT - Long.BYTES);
        var hunks = in.readLong();
        in.skipNBytes(HEADER_BYTES - HUNKS_AT - Long.BYTES);
        if (hunks < 0 || hunks > Integer.MAX_VALUE) {
            throw bad("has a map of " + hunks + " parts");
        }
        in.skipNBytes(hunks * HUNK_BYTES);
        return new DumpFolders(in, root);
    }

    /** The inode of the file system's root. */
    long root() {
        return root;
    }

    /** Inodes of folders that were read. */
    Set<Long> folders() {
        return folders;
    }

    /** Reads all folders; what follows them in the stream is left there. */
    void each(Listener listener) throws BackupException, IOException {
        while (true) {
            in.skipNBytes(Long.BYTES);
            var flags = in.readInt();
            in.skipNBytes(Integer.BYTES);
            var inode = in.readLong();
            var mode = in.readInt();
            in.skipNBytes(FILE_HEADER_BYTES - 2L * Long.BYTES - 3L * Integer.BYTES);
            if ((flags & FILE_ATTRIBUTES) != 0) {
                skipAttributes();
            } else if ((flags & (FILE_NULL | FILE_END)) != 0 || (mode & MODE_TYPE) != MODE_FOLDER) {
                return;
            } else {
                folders.add(inode);
                entries(inode, listener);
            }
        }
    }

    private void entries(long folder, Listener listener) throws BackupException, IOException {
        while (true) {
            var inode = in.readLong();
            in.skipNBytes(2L * Integer.BYTES);
            var size = in.readUnsignedShort();
            if (size < SHORTEST_ENTRY || size > LONGEST_ENTRY) {
                throw bad("has an entry of " + size + " bytes");
            }
            var bytes = new byte[size - ENTRY_HEADER_BYTES];
            in.readFully(bytes);
            if (inode == 0) {
                return;
            }
            listener.entry(folder, inode, name(bytes));
        }
    }

    private static byte[] name(byte[] padded) throws BackupException {
        var length = 0;
        while (length < padded.length && padded[length] != 0) {
            if (padded[length] == '/') {
                throw bad("has a name with a slash");
            }
            length++;
        }
        if (length == 0 || length == padded.length) {
            throw bad("has a name without beginning or end");
        }
        if (padded[0] == '.' && (length == 1 || (length == 2 && padded[1] == '.'))) {
            throw bad("has a name that leads nowhere");
        }
        return Arrays.copyOf(padded, length);
    }

    private void skipAttributes() throws BackupException, IOException {
        while (true) {
            var size = in.readInt();
            in.skipNBytes(Short.BYTES);
            var flags = in.readUnsignedShort();
            in.skipNBytes(2L * Integer.BYTES);
            if (size < ATTRIBUTE_HEADER_BYTES || size > LONGEST_ATTRIBUTE) {
                throw bad("has an attribute of " + size + " bytes");
            }
            in.skipNBytes(size - ATTRIBUTE_HEADER_BYTES);
            if ((flags & ATTRIBUTE_NULL) != 0) {
                return;
            }
        }
    }

    private static BackupException bad(String what) {
        return new BackupException(Kind.DAMAGED, "the dump " + what + ": xfsdump wrote something else than it says");
    }
}
