package org.clusterbackup.repository.store.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.clusterbackup.repository.store.S3Keys;
import org.clusterbackup.repository.store.StoreOptions;

/** A real S3 server of its own on loopback, with one user who may do everything. */
public final class S3Server extends Server {
    private static final S3Keys KEYS = new S3Keys("rootaccess", "rootsecret12345");

    /** SeaweedFS adds this to a port for its gRPC. */
    private static final int GRPC = 10_000;

    private final String scheme;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path data;
    private final S3Keys keys;

    private S3Server(
            Path folder,
            Path data,
            S3Keys keys,
            String scheme,
            int port,
            List<String> command,
            Map<String, String> environment) {
        super(folder.resolve("s3.log"), port);
        this.scheme = scheme;
        this.command = List.copyOf(command);
        this.environment = environment;
        this.data = data;
        this.keys = keys;
    }

    /** versitygw: objects are files of {@link #data}. */
    public static S3Server versitygw(Path folder) throws IOException, InterruptedException {
        return versitygw(folder, folder.resolve("data"));
    }

    /** As {@link #versitygw(Path)}, with its objects in a folder of the caller's, such as a small file system. */
    public static S3Server versitygw(Path folder, Path data) throws IOException, InterruptedException {
        return versitygw(folder, data, KEYS);
    }

    /** As {@link #versitygw(Path, Path)}, with another user. */
    public static S3Server versitygw(Path folder, Path data, S3Keys keys) throws IOException, InterruptedException {
        return versitygw(folder, data, keys, "http", List.of());
    }

    /** versitygw over TLS, with a certificate of its own that is left in a file. */
    public static S3Server versitygwWithTls(Path folder, Path certificate) throws IOException, InterruptedException {
        var key = folder.resolve("key.pem");
        var openssl = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=test",
                        "-addext",
                        "subjectAltName=IP:127.0.0.1",
                        "-keyout",
                        key.toString(),
                        "-out",
                        certificate.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (openssl.waitFor() != 0) {
            throw new IOException("openssl made no certificate");
        }
        return versitygw(
                folder,
                folder.resolve("data"),
                KEYS,
                "https",
                List.of("--cert", certificate.toString(), "--key", key.toString()));
    }

    private static S3Server versitygw(Path folder, Path data, S3Keys keys, String scheme, List<String> options)
            throws IOException, InterruptedException {
        var program = Programs.require("VERSITYGW", "versitygw");
        Files.createDirectories(data);
        Files.createDirectories(folder.resolve("iam"));
        var port = FreePorts.next();
        var command = new ArrayList<>(List.of(
                program.toString(),
                "--port",
                "127.0.0.1:" + port,
                "--quiet",
                "--region",
                "eu-central-1",
                "--iam-dir",
                folder.resolve("iam").toString(),
                "--keep-alive"));
        command.addAll(options);
        command.addAll(List.of("posix", data.toString()));
        var server = new S3Server(
                folder,
                data,
                keys,
                scheme,
                port,
                command,
                Map.of("ROOT_ACCESS_KEY", keys.accessKeyId(), "ROOT_SECRET_KEY", keys.secretAccessKey()));
        server.start();
        return server;
    }

    /** SeaweedFS, all its parts in one process. */
    public static S3Server seaweedfs(Path folder) throws IOException, InterruptedException {
        var program = Programs.require("WEED", "weed");
        var data = Files.createDirectories(folder.resolve("data"));
        var config = folder.resolve("s3.json");
        Files.writeString(config, """
                {"identities":[{"name":"root","credentials":[{"accessKey":"%s","secretKey":"%s"}],
                 "actions":["Admin","Read","Write","List","Tagging"]}]}
                """.formatted(KEYS.accessKeyId(), KEYS.secretAccessKey()));
        var port = FreePorts.nextPair(GRPC);
        var command = List.of(
                program.toString(),
                "-logtostderr=true",
                "mini",
                "-dir=" + data,
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                "-master.telemetry=false",
                "-webdav=false",
                "-admin.ui=false",
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                "-master.port=" + FreePorts.nextPair(GRPC),
                "-volume.port=" + FreePorts.nextPair(GRPC),
                "-filer.port=" + FreePorts.nextPair(GRPC),
                "-admin.port=" + FreePorts.nextPair(GRPC),
                "-s3.port=" + port,
                "-s3.config=" + config);
        var server = new S3Server(folder, data, KEYS, "http", port, command, Map.of());
        server.start();
        return server;
    }

    /** The address of a bucket, by its name. */
    public String url(String bucket) {
        return "s3:" + scheme + "://127.0.0.1:" + port() + "/" + bucket;
    }

    /** The address of a bucket by way of a proxy. */
    public static String url(String bucket, int port) {
        return "s3:http://127.0.0.1:" + port + "/" + bucket;
    }

    public S3Keys keys() {
        return keys;
    }

    public StoreOptions options() {
        return StoreOptions.defaults().withS3Keys(keys).withS3Region("eu-central-1");
    }

    public Path data() {
        return data;
    }

    @Override
    protected List<String> command() {
        return command;
    }

    @Override
    protected Map<String, String> environment() {
        return environment;
    }

    @Override
    protected boolean isReady() {
        if (scheme.equals("https")) {
            return true;
        }
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() < 500;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
