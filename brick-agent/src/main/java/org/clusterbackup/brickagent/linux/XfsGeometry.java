package org.clusterbackup.brickagent.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;

/** What XFS itself says of a mounted file system; asking another file system fails. */
public record XfsGeometry(
        int blockSize,
        int sectorSize,
        int inodeSize,
        int directoryBlockSize,
        int allocationGroups,
        long blocks,
        UUID uuid) {
    /** {@code XFS_IOC_FSGEOMETRY_V1} of xfs_fs.h: {@code _IOR('X', 100, struct xfs_fsop_geom_v1)}. */
    private static final long XFS_IOC_FSGEOMETRY_V1 = 0x80705864L;

    private static final int STRUCT_BYTES = 112;
    private static final int UUID_AT = 64;

    /** @param directory any directory of the file system */
    public static XfsGeometry of(Path directory) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var descriptor = Libc.open(arena, directory, Libc.O_RDONLY);
            try {
                return of(arena, directory, descriptor);
            } finally {
                Libc.close(arena, descriptor);
            }
        }
    }

    private static XfsGeometry of(Arena arena, Path directory, int descriptor) throws IOException {
        var state = Libc.callState(arena);
        var fields = arena.allocate(STRUCT_BYTES, Long.BYTES);
        int result;
        try {
            result = (int) Libc.IOCTL.invokeExact(state, descriptor, XFS_IOC_FSGEOMETRY_V1, fields);
        } catch (Throwable e) {
            throw new AssertionError("a call of the C library does not throw", e);
        }
        if (result < 0) {
            throw Libc.error("ioctl XFS_IOC_FSGEOMETRY", directory, Libc.errno(state));
        }
        var uuid = ByteBuffer.wrap(fields.asSlice(UUID_AT, 16).toArray(ValueLayout.JAVA_BYTE));
        return new XfsGeometry(
                fields.getAtIndex(ValueLayout.JAVA_INT, 0),
                fields.getAtIndex(ValueLayout.JAVA_INT, 5),
                fields.getAtIndex(ValueLayout.JAVA_INT, 6),
                fields.getAtIndex(ValueLayout.JAVA_INT, 26),
                fields.getAtIndex(ValueLayout.JAVA_INT, 3),
                fields.get(ValueLayout.JAVA_LONG, 32),
                new UUID(uuid.getLong(), uuid.getLong()));
    }

    /** As {@code mkfs.xfs} and a rebuild need it. */
    public String text() {
        return "uuid " + uuid + "\nblock size " + blockSize + "\nsector size " + sectorSize + "\ninode size "
                + inodeSize
                + "\ndirectory block size " + directoryBlockSize + "\nallocation groups " + allocationGroups
                + "\nblocks "
                + blocks + "\nbytes " + blocks * blockSize + "\n";
    }
}
