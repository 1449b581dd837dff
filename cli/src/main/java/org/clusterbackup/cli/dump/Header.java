package org.clusterbackup.cli.dump;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** What xfsdump writes before each file and folder, and before the attributes of either. */
final class Header {
    static final int BYTES = 256;
    private static final int FLAGS_AT = 8;
    private static final int CHECKSUM_AT = 12;
    private static final int INODE_AT = 16;
    private static final int MODE_AT = 24;
    private static final List<Integer> HALVED_AT = List.of(104, 108);
    private static final int FLAGS = 0xF;
    private static final int CHECKED = 1 << 1;
    private static final int MODE_TYPE = 0xF000;
    private static final int MODE_FOLDER = 0x4000;
    private static final int MODE_FILE = 0x8000;
    private static final int MODE_LINK = 0xA000;

    private final byte[] bytes;
    /** Of its words; 0 if it is what was written, but for {@link #asSummed}. */
    private final int sum;

    private Header(byte[] bytes, int sum) {
        this.bytes = bytes;
        this.sum = sum;
    }

    static Header of(byte[] bytes) {
        return new Header(bytes.clone(), sum(bytes));
    }

    static int sum(byte[] bytes) {
        var words = ByteBuffer.wrap(bytes).asIntBuffer();
        var sum = 0;
        while (words.hasRemaining()) {
            sum += words.get();
        }
        return sum;
    }

    /** What stands at the end of a dump. */
    static Header end() {
        var bytes = ByteBuffer.allocate(BYTES);
        var flags = DumpFolders.FILE_NULL | DumpFolders.FILE_END | CHECKED;
        bytes.putInt(FLAGS_AT, flags).putInt(CHECKSUM_AT, -flags);
        return of(bytes.array());
    }

    /** The bytes a little further on in the stream. */
    Header moved(byte[] more) {
        var moved = Arrays.copyOfRange(bytes, more.length, BYTES + more.length);
        System.arraycopy(more, 0, moved, BYTES - more.length, more.length);
        return new Header(moved, sum - sum(Arrays.copyOf(bytes, more.length)) + sum(more));
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
    }

    private int word(int at) {
        return ByteBuffer.wrap(bytes).getInt(at);
    }

    private int flags() {
        return word(FLAGS_AT);
    }

    boolean isSound() {
        return (sum == 0 || asSummed() == 0) && (flags() & CHECKED) != 0 && (flags() & ~FLAGS) == 0;
    }

    /**
     * xfsdump adds up what it has in memory, before it turns the bytes around. The two halves of a project's id are there
     * in the other order, on machines that begin with the lowest byte.
     */
    private int asSummed() {
        var summed = sum;
        for (var at : HALVED_AT) {
            summed += Integer.rotateLeft(word(at), Short.SIZE) - word(at);
        }
        return summed;
    }

    boolean isEnd() {
        return (flags() & (DumpFolders.FILE_NULL | DumpFolders.FILE_END)) != 0;
    }

    boolean isAttributes() {
        return (flags() & DumpFolders.FILE_ATTRIBUTES) != 0;
    }

    long inode() {
        return ByteBuffer.wrap(bytes).getLong(INODE_AT);
    }

    private int type() {
        return word(MODE_AT) & MODE_TYPE;
    }

    boolean isFile() {
        return type() == MODE_FILE;
    }

    boolean isLink() {
        return type() == MODE_LINK;
    }

    boolean isFolder() {
        return type() == MODE_FOLDER;
    }
}
