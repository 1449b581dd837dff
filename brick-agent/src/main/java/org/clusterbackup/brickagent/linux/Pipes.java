package org.clusterbackup.brickagent.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** The size of a child's pipe: at 64 KiB a fast producer spends most of its time waiting for the reader to wake up. */
public final class Pipes {
    private static final int F_SETPIPE_SZ = 1031;

    private Pipes() {}

    /**
     * Makes the pipe that is the standard output of {@code process} hold {@code bytes}.
     *
     * @throws IOException if the kernel refuses, as it does above {@code /proc/sys/fs/pipe-max-size}
     */
    public static void enlargeStdout(long process, int bytes) throws IOException {
        var path = Path.of("/proc/" + process + "/fd/1");
        try (var arena = Arena.ofConfined()) {
            // A descriptor of our own for a moment; without O_NONBLOCK it could wait for a reader that has gone.
            var descriptor = Libc.open(arena, path, Libc.O_WRONLY | Libc.O_NONBLOCK);
            try {
                resize(arena, path, descriptor, bytes);
            } finally {
                Libc.close(arena, descriptor);
            }
        }
    }

    private static void resize(Arena arena, Path path, int descriptor, int bytes) throws IOException {
        var state = Libc.callState(arena);
        int result;
        try {
            result = (int) Libc.FCNTL.invokeExact(state, descriptor, F_SETPIPE_SZ, bytes);
        } catch (Throwable e) {
            throw new AssertionError("a call of the C library does not throw", e);
        }
        if (result < 0) {
            throw Libc.error("fcntl F_SETPIPE_SZ", path, Libc.errno(state));
        }
    }
}
