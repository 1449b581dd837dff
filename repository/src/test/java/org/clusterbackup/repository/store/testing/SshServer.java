package org.clusterbackup.repository.store.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.clusterbackup.repository.store.StoreOptions;

/** A real OpenSSH server of its own on loopback, with its own host key; the only account is the one that runs it. */
public final class SshServer extends Server {
    private final Path folder;
    private final Path sshd;

    private SshServer(Path folder, Path sshd, int port) {
        super(folder.resolve("sshd.log"), port);
        this.folder = folder;
        this.sshd = sshd;
    }

    /**
     * Makes keys and configuration in {@code folder} and starts the server.
     *
     * @param settings lines of {@code sshd_config}, such as {@code ForceCommand internal-sftp}
     */
    public static SshServer start(Path folder, String... settings) throws IOException, InterruptedException {
        var sshd = Programs.require("SSHD", "sshd");
        if (isRoot()) {
            Files.createDirectories(Path.of("/run/sshd"));
        }
        var port = FreePorts.next();
        newKey(folder.resolve("host_key"));
        newKey(folder.resolve("identity"));
        newKey(folder.resolve("stranger"));
        Files.copy(folder.resolve("identity.pub"), folder.resolve("authorized_keys"));
        writeKnownHosts(folder, port, "host_key.pub", "known_hosts");
        writeKnownHosts(folder, port, "stranger.pub", "other_hosts");
        Files.writeString(folder.resolve("no_hosts"), "");
        var lines = new ArrayList<>(List.of(
                "Port " + port,
                "ListenAddress 127.0.0.1",
                "HostKey " + folder.resolve("host_key"),
                "AuthorizedKeysFile " + folder.resolve("authorized_keys"),
                "StrictModes no",
                "UsePAM no",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "PermitRootLogin prohibit-password",
                "MaxStartups 100",
                "PidFile none",
                // bash reads ~/.bashrc even for a command over SSH; the account's own is not this server's.
                "SetEnv HOME=" + folder,
                "Subsystem sftp internal-sftp"));
        lines.addAll(List.of(settings));
        Files.write(folder.resolve("sshd_config"), lines);
        var server = new SshServer(folder, sshd, port);
        server.start();
        return server;
    }

    /** The address of a folder of this machine. */
    public String url(Path root) {
        return url(System.getProperty("user.name"), root, port());
    }

    /** The address of a folder by way of a proxy, or as another account. */
    public static String url(String user, Path root, int port) {
        return "sftp://" + user + "@127.0.0.1:" + port + root.toAbsolutePath();
    }

    /** The key that the server accepts, and the host key that it has. */
    public StoreOptions options() {
        return StoreOptions.defaults()
                .withSshIdentity(folder.resolve("identity"))
                .withSshKnownHosts(folder.resolve("known_hosts"));
    }

    public Path identity() {
        return folder.resolve("identity");
    }

    public Path knownHosts() {
        return folder.resolve("known_hosts");
    }

    /** A key that the server does not know. */
    public Path strangersIdentity() {
        return folder.resolve("stranger");
    }

    /** A {@code known_hosts} that expects another key of the server. */
    public Path otherKnownHosts() {
        return folder.resolve("other_hosts");
    }

    /** A {@code known_hosts} without any host. */
    public Path emptyKnownHosts() {
        return folder.resolve("no_hosts");
    }

    /** A {@code known_hosts} with nothing but one more key of the server. */
    public Path knownHostsOf(Path publicKey) throws IOException {
        var file = folder.resolve("hosts_of_" + publicKey.getFileName());
        Files.writeString(file, "[127.0.0.1]:" + port() + " " + Files.readString(publicKey));
        return file;
    }

    /** Makes a key pair without passphrase, {@code file} and {@code file.pub}. */
    public static void newKey(String type, Path file) throws IOException, InterruptedException {
        var keygen = new ProcessBuilder("ssh-keygen", "-q", "-t", type, "-N", "", "-f", file.toString())
                .inheritIO()
                .start();
        if (keygen.waitFor() != 0) {
            throw new IOException("ssh-keygen made no " + file);
        }
    }

    /** Trusts the server's key at another port too, as a proxy has one. */
    public void trustAt(int port) throws IOException {
        Files.writeString(
                knownHosts(),
                Files.readString(knownHosts()) + "[127.0.0.1]:" + port + " "
                        + Files.readString(folder.resolve("host_key.pub")));
    }

    @Override
    protected List<String> command() {
        return List.of(
                sshd.toString(), "-D", "-e", "-f", folder.resolve("sshd_config").toString());
    }

    private static void writeKnownHosts(Path folder, int port, String key, String name) throws IOException {
        Files.writeString(folder.resolve(name), "[127.0.0.1]:" + port + " " + Files.readString(folder.resolve(key)));
    }

    private static void newKey(Path file) throws IOException, InterruptedException {
        newKey("ed25519", file);
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }
}
