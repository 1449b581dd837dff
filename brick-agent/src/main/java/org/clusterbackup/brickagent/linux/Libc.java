package org.clusterbackup.brickagent.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Handles of the C library's functions, and their errors as IOExceptions. All take the layout of 64-bit Linux, which x86-64
 * and aarch64 share for what is used here.
 */
@SuppressWarnings("restricted")
final class Libc {
    static final int ENODATA = 61;
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_FIELD = STATE.varHandle(PathElement.groupElement("errno"));

    static final MethodHandle LGETXATTR =
            function("lgetxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
    static final MethodHandle LLISTXATTR =
            function("llistxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG));
    static final MethodHandle STATVFS = function("statvfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    static final MethodHandle OPEN =
            function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    static final MethodHandle FCNTL = function(
            "fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2));
    static final MethodHandle IOCTL = function(
            "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle STRERROR = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private Libc() {}

    private static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        var all = new Linker.Option[options.length + 1];
        all[0] = ERRNO;
        System.arraycopy(options, 0, all, 1, options.length);
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, all);
    }

    static MemorySegment callState(Arena arena) {
        return arena.allocate(STATE);
    }

    static int errno(MemorySegment callState) {
        return (int) ERRNO_FIELD.get(callState, 0L);
    }

    static MemorySegment text(Arena arena, String text) {
        return arena.allocateFrom(text, StandardCharsets.UTF_8);
    }

    static MemorySegment path(Arena arena, Path path) {
        return text(arena, path.toString());
    }

    /** @return an open descriptor, to be given to {@link #close} */
    static int open(Arena arena, Path path, int flags) throws IOException {
        var state = callState(arena);
        int descriptor;
        try {
            descriptor = (int) OPEN.invokeExact(state, path(arena, path), flags | O_CLOEXEC);
        } catch (Throwable e) {
            throw new AssertionError("a call of the C library does not throw", e);
        }
        if (descriptor < 0) {
            throw error("open", path, errno(state));
        }
        return descriptor;
    }

    static void close(Arena arena, int descriptor) {
        try {
            var ignored = (int) CLOSE.invokeExact(callState(arena), descriptor);
        } catch (Throwable e) {
            throw new AssertionError("a call of the C library does not throw", e);
        }
    }

    static IOException error(String call, Path path, int errno) {
        return new IOException(path + ": " + call + ": " + message(errno));
    }

    private static String message(int errno) {
        try {
            var text = (MemorySegment) STRERROR.invokeExact(errno);
            return text.reinterpret(MemoryLayout.sequenceLayout(256, JAVA_BYTE).byteSize())
                    .getString(0);
        } catch (Throwable e) {
            throw new AssertionError("a call of the C library does not throw", e);
        }
    }
}
