package org.clusterbackup.brickagent.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Extended attributes of every namespace; Java's own API shows {@code user.*} only. {@code trusted.*} needs
 * CAP_SYS_ADMIN: without it the kernel hides them. A symbolic link is not followed.
 */
public final class ExtendedAttributes {
    /** The kernel's limits: XATTR_SIZE_MAX and XATTR_LIST_MAX. */
    private static final int MAX_BYTES = 65536;

    private ExtendedAttributes() {}

    /** The value; empty if the file has no such attribute. */
    public static Optional<byte[]> read(Path file, String name) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = Libc.callState(arena);
            var buffer = arena.allocate(MAX_BYTES);
            long length;
            try {
                length = (long) Libc.LGETXATTR.invokeExact(
                        state, Libc.path(arena, file), Libc.text(arena, name), buffer, (long) MAX_BYTES);
            } catch (Throwable e) {
                throw new AssertionError("a call of the C library does not throw", e);
            }
            if (length >= 0) {
                return Optional.of(bytes(buffer, length));
            }
            if (Libc.errno(state) == Libc.ENODATA) {
                return Optional.empty();
            }
            throw Libc.error("getxattr " + name, file, Libc.errno(state));
        }
    }

    /** Every attribute by name; one that goes away meanwhile is left out. */
    public static SortedMap<String, byte[]> all(Path file) throws IOException {
        var attributes = new TreeMap<String, byte[]>();
        for (var name : names(file)) {
            read(file, name).ifPresent(value -> attributes.put(name, value));
        }
        return attributes;
    }

    private static String[] names(Path file) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = Libc.callState(arena);
            var buffer = arena.allocate(MAX_BYTES);
            long length;
            try {
                length = (long) Libc.LLISTXATTR.invokeExact(state, Libc.path(arena, file), buffer, (long) MAX_BYTES);
            } catch (Throwable e) {
                throw new AssertionError("a call of the C library does not throw", e);
            }
            if (length < 0) {
                throw Libc.error("listxattr", file, Libc.errno(state));
            }
            var text = new String(bytes(buffer, length), StandardCharsets.UTF_8);
            return text.isEmpty() ? new String[0] : text.split("\0");
        }
    }

    private static byte[] bytes(MemorySegment buffer, long length) {
        return buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }
}
