package org.clusterbackup.etcd.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.clusterbackup.etcd.Access;
import org.clusterbackup.etcd.Cluster;
import org.clusterbackup.etcd.Endpoint;
import org.clusterbackup.etcd.TestKeys;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.store.testing.FreePorts;
import org.clusterbackup.repository.store.testing.Programs;

/**
 * Members of a real etcd on loopback, which demand a client certificate and, after {@link #enableAuth}, a user. Programs are
 * those in {@code ETCD_BIN}.
 */
public final class EtcdCluster implements AutoCloseable {
    private static final Duration UP_WITHIN = Duration.ofMinutes(1);
    /** Has no common name, which etcd would take for a user's. */
    private static final String NAMELESS = "/O=tests";

    private final Path folder;
    private final List<Integer> clients = new ArrayList<>();
    private final List<Integer> peers = new ArrayList<>();
    private final List<Process> members = new ArrayList<>();
    private Optional<Path> user = Optional.empty();
    private Optional<Path> password = Optional.empty();

    private EtcdCluster(Path folder, int size) throws IOException {
        this.folder = Files.createDirectories(folder);
        for (var i = 0; i < size; i++) {
            clients.add(FreePorts.next());
            peers.add(FreePorts.next());
        }
    }

    /** Members whose files lie below {@code folder}; all answer when it returns. */
    public static EtcdCluster start(Path folder, int size) throws IOException, InterruptedException {
        var cluster = new EtcdCluster(folder, size);
        cluster.certificates();
        for (var i = 0; i < size; i++) {
            cluster.members.add(cluster.member(i));
        }
        cluster.awaitAll();
        return cluster;
    }

    private void awaitAll() {
        Awaitility.await(folder.toString())
                .atMost(UP_WITHIN)
                .ignoreExceptions()
                .until(() -> cluster().survey().members().size() == members.size());
    }

    /** A program of etcd's. */
    public static String program(String name) {
        return programs().resolve(name).toString();
    }

    /** Where etcd's programs are: etcd, etcdctl and etcdutl. */
    public static Path programs() {
        return Programs.named("ETCD_BIN");
    }

    /** What etcd's own tool says of a snapshot in a file of the folder. */
    public String snapshotStatus(String file) throws IOException, InterruptedException {
        return run(program(restoring()), "snapshot", "status", file, "-w", "fields");
    }

    /** Which program restores snapshots: before 3.5 there is but etcdctl. */
    private static String restoring() {
        return Files.exists(programs().resolve("etcdutl")) ? "etcdutl" : "etcdctl";
    }

    private void certificates() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("san"), "subjectAltName=IP:127.0.0.1");
        run("sh", "-ec", """
                openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.crt
                openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other -keyout other.key -out other.crt
                for who in server client; do
                  openssl genrsa -traditional -out $who.key 2048
                  openssl req -new -key $who.key -subj %s -out $who.csr
                  openssl x509 -req -in $who.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile san -out $who.crt
                  openssl x509 -req -in $who.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days -1 -extfile san -out $who-expired.crt
                done
                """.formatted(NAMELESS));
    }

    private Process member(int index) throws IOException {
        var peer = "http://127.0.0.1:" + peers.get(index);
        var client = "https://127.0.0.1:" + clients.get(index);
        var all = IntStream.range(0, peers.size())
                .mapToObj(i -> "m" + i + "=http://127.0.0.1:" + peers.get(i))
                .collect(Collectors.joining(","));
        var log = folder.resolve("m" + index + ".log").toFile();
        var process = new ProcessBuilder(
                        program("etcd"),
                        "--name=m" + index,
                        "--data-dir=m" + index,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--initial-cluster=" + all,
                        "--cert-file=server.crt",
                        "--key-file=server.key",
                        "--client-cert-auth",
                        "--trusted-ca-file=ca.crt",
                        // A test machine's disk is slow and its data worthless.
                        "--unsafe-no-fsync")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return process;
    }

    /** Runs a program in the folder and returns what it says. */
    public String run(String... command) throws IOException, InterruptedException {
        return new String(said(command), StandardCharsets.UTF_8);
    }

    private byte[] said(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        var said = process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + new String(said, StandardCharsets.UTF_8));
        }
        return said;
    }

    /** Runs etcdctl against all members, as the user once auth is on. */
    public String ctl(String... arguments) throws IOException, InterruptedException {
        return new String(ctlBytes(arguments), StandardCharsets.UTF_8);
    }

    /** The same, and what it says as bytes. */
    public byte[] ctlBytes(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                program("etcdctl"),
                "--endpoints=" + String.join(",", endpoints()),
                "--cacert=ca.crt",
                "--cert=client.crt",
                "--key=client.key"));
        if (user.isPresent()) {
            command.add("--user=root:secret");
        }
        command.addAll(List.of(arguments));
        return said(command.toArray(new String[0]));
    }

    /** Puts {@code count} values of random bytes, of one MiB each at most. */
    public void fill(String prefix, int count, int bytes) throws BackupException {
        TestKeys.put(Endpoint.parse(endpoints().getFirst()), access(), prefix, count, bytes);
    }

    /** Puts any bytes under any key, which no command line can. */
    public void put(byte[] key, byte[] value) throws BackupException {
        TestKeys.put(Endpoint.parse(endpoints().getFirst()), access(), key, value);
    }

    /** From now on only root, with the password {@code secret}, may read. */
    public void enableAuth() throws IOException, InterruptedException {
        ctl("user", "add", "root:secret");
        ctl("user", "grant-role", "root", "root");
        ctl("auth", "enable");
        user = Optional.of(Files.writeString(folder.resolve("user"), "root\n"));
        password = Optional.of(Files.writeString(folder.resolve("password"), "secret\n"));
    }

    public List<String> endpoints() {
        return clients.stream().map(port -> "https://127.0.0.1:" + port).toList();
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    /** What a client that may read everything shows. */
    public Access access() {
        return new Access(
                Optional.of(file("ca.crt")),
                Optional.of(file("client.crt")),
                Optional.of(file("client.key")),
                user,
                password);
    }

    public Cluster cluster() throws BackupException {
        return cluster(access());
    }

    public Cluster cluster(Access access) throws BackupException {
        var parsed = new ArrayList<Endpoint>();
        for (var endpoint : endpoints()) {
            parsed.add(Endpoint.parse(endpoint));
        }
        return new Cluster(parsed, access);
    }

    /** Kills the member at {@code endpoint}. */
    public void kill(Endpoint endpoint) {
        members.get(index(endpoint)).destroyForcibly().onExit().join();
    }

    /** Starts killed members again; all answer when this returns. */
    public void restart(List<Endpoint> endpoints) throws IOException {
        for (var endpoint : endpoints) {
            members.set(index(endpoint), member(index(endpoint)));
        }
        awaitAll();
    }

    private int index(Endpoint endpoint) {
        return clients.indexOf(endpoint.port());
    }

    @Override
    public void close() {
        members.forEach(member -> member.destroyForcibly().onExit().join());
    }
}
