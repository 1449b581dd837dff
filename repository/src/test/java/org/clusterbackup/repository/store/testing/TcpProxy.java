package org.clusterbackup.repository.store.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Stands between a client and a server of loopback, and cuts or freezes the connections when told. */
public final class TcpProxy implements AutoCloseable {
    private static final long NEVER = Long.MAX_VALUE;

    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytesUntilCut = new AtomicLong(NEVER);
    private volatile boolean frozen;
    private volatile boolean refusing;
    private volatile Runnable atLimit = () -> {};

    private TcpProxy(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    public static TcpProxy to(int port) throws IOException {
        var proxy = new TcpProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
        Thread.ofVirtual().start(proxy::serve);
        return proxy;
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** All connections break, once, when so many more bytes have passed in either direction. */
    public void cutAfter(long bytes) {
        whenPassed(bytes, this::cut);
    }

    /** As {@link #cutAfter}, and new connections are cut at once until {@link #accept}. */
    public void refuseAfter(long bytes) {
        whenPassed(bytes, () -> {
            refusing = true;
            cut();
        });
    }

    public void accept() {
        refusing = false;
    }

    /** Does something, once, when so many more bytes have passed in either direction. */
    public void whenPassed(long bytes, Runnable action) {
        atLimit = action;
        bytesUntilCut.set(bytes);
    }

    /** All connections break now; new ones are made as before. */
    public void cut() {
        open.forEach(TcpProxy::closeQuietly);
        open.clear();
    }

    /** Nothing passes any more, and nobody is told. */
    public void freeze() {
        frozen = true;
    }

    public void thaw() {
        frozen = false;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }

    private void serve() {
        while (!listener.isClosed()) {
            try {
                var client = listener.accept();
                if (refusing) {
                    client.close();
                    continue;
                }
                open.add(client);
                var server = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(server);
                Thread.ofVirtual().start(() -> pump(client, server));
                Thread.ofVirtual().start(() -> pump(server, client));
            } catch (IOException e) {
                cut();
            }
        }
    }

    private void pump(Socket from, Socket to) {
        try (from;
                to) {
            forward(from.getInputStream(), to.getOutputStream());
        } catch (IOException | InterruptedException e) {
            // One side hung up, or the cut came.
        }
    }

    private void forward(InputStream in, OutputStream out) throws IOException, InterruptedException {
        var buffer = new byte[1 << 16];
        for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            while (frozen) {
                Thread.sleep(10);
            }
            if (reaches(n)) {
                atLimit.run();
            }
            out.write(buffer, 0, n);
        }
    }

    /** True once: of two directions that pass the limit together one does. */
    private boolean reaches(int bytes) {
        return bytesUntilCut.get() != NEVER
                && bytesUntilCut.addAndGet(-bytes) <= 0
                && bytesUntilCut.getAndSet(NEVER) <= 0;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is as closed as it can be.
        }
    }
}
