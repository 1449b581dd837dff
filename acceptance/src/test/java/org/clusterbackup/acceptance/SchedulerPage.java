package org.clusterbackup.acceptance;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;

/**
 * Stands in for the scheduler's {@code /api/status}, where an API server may send requests to: it refuses addresses of
 * loopback, so this listens on one of the machine's own, which its packets do not leave either.
 */
final class SchedulerPage implements AutoCloseable {
    private final HttpServer server;
    private volatile String status = "{}";

    SchedulerPage() throws IOException {
        server = HttpServer.create(new InetSocketAddress(own(), 0), 0);
        server.createContext("/api/status", exchange -> {
            var body = status.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            try (var out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
    }

    private static InetAddress own() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address
                        && !address.isLoopbackAddress()
                        && !address.isLinkLocalAddress())
                .findFirst()
                .orElseThrow(() -> new AssertionError("this machine has no address but loopback"));
    }

    /** What it says from now on. */
    void says(String json) {
        status = json;
    }

    /** The object by which the API server finds it behind Service {@code scheduler}: only where a pod has its address. */
    String endpoints() {
        return """
                {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "scheduler", "namespace": "cluster-backup"},
                 "subsets": [{"addresses": [{"ip": "%s", "targetRef": {"kind": "Pod", "namespace": "cluster-backup", "name": "scheduler"}}],
                              "ports": [{"name": "http", "port": %d}]}]}""".formatted(ip(), server.getAddress().getPort());
    }

    String ip() {
        return server.getAddress().getAddress().getHostAddress();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
