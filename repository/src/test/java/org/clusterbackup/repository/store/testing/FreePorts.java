package org.clusterbackup.repository.store.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;

/**
 * Ports of loopback that nobody listens on, each given once. They lie below the range that the kernel hands out by itself:
 * from there a client that asks a dead port again and again comes to connect to itself, and holds the port.
 */
public final class FreePorts {
    private static final int FIRST = 12_000;
    private static final int BLOCK = 100;
    private static final int BLOCKS = 80;

    /** Bound to the first ports of blocks as long as this process lives: no other process gives their others. */
    private static final List<ServerSocket> CLAIMS = new ArrayList<>();

    private static final PrimitiveIterator.OfInt PORTS = IntStream.range(0, BLOCKS)
            .map(block -> FIRST + (int) ((ProcessHandle.current().pid() + block) % BLOCKS) * BLOCK)
            .filter(FreePorts::claim)
            .flatMap(first -> IntStream.range(first + 1, first + BLOCK))
            .iterator();

    private FreePorts() {}

    public static int next() {
        return nextPair(0);
    }

    /** A port such that the one so many above it is free as well. */
    public static synchronized int nextPair(int above) {
        while (true) {
            var port = PORTS.nextInt();
            if (isFree(port) && isFree(port + above)) {
                return port;
            }
        }
    }

    private static boolean claim(int port) {
        try {
            CLAIMS.add(bound(port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isFree(int port) {
        try (var _ = bound(port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static ServerSocket bound(int port) throws IOException {
        var socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
