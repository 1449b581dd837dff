package org.clusterbackup.brickagent.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** What {@code statvfs} says of the file system that holds a path; sizes in bytes. */
public record FileSystemUsage(long blockSize, long sizeBytes, long freeBytes, long inodes, long inodesUsed) {
    /** Larger than the structure on any 64-bit Linux. */
    private static final int STRUCT_BYTES = 256;

    public long usedBytes() {
        return sizeBytes - freeBytes;
    }

    public static FileSystemUsage of(Path path) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = Libc.callState(arena);
            var fields = arena.allocate(STRUCT_BYTES, Long.BYTES);
            int result;
            try {
                result = (int) Libc.STATVFS.invokeExact(state, Libc.path(arena, path), fields);
            } catch (Throwable e) {
                throw new AssertionError("a call of the C library does not throw", e);
            }
            if (result < 0) {
                throw Libc.error("statvfs", path, Libc.errno(state));
            }
            // f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree: eight bytes each.
            var unit = fields.getAtIndex(ValueLayout.JAVA_LONG, 1);
            var files = fields.getAtIndex(ValueLayout.JAVA_LONG, 5);
            return new FileSystemUsage(
                    unit,
                    unit * fields.getAtIndex(ValueLayout.JAVA_LONG, 2),
                    unit * fields.getAtIndex(ValueLayout.JAVA_LONG, 3),
                    files,
                    files - fields.getAtIndex(ValueLayout.JAVA_LONG, 6));
        }
    }
}
