package org.clusterbackup.repository.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;

/** One SSH connection with one SFTP channel that all threads share; made when needed and again after a cut. */
final class SshConnection implements AutoCloseable {
    /** For an answer of a server that is alive but busy; that it is alive is what the heartbeat asks. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(10);

    private static final int MAX_ANSWER_BYTES = 1 << 20;
    private static final int HEARTBEATS_TO_MISS = 3;
    private static final long WINDOW_BYTES = 4L << 20;
    private static final List<String> DEFAULT_IDENTITIES = List.of("id_ed25519", "id_ecdsa", "id_rsa");

    private final StoreUrl.Sftp url;
    private final StoreOptions options;
    private final KnownHosts knownHosts;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable SshClient client;
    private @Nullable AbstractSftpClient sftp;

    SshConnection(StoreUrl.Sftp url, StoreOptions options) {
        this.url = url;
        this.options = options;
        this.knownHosts = new KnownHosts(options.sshKnownHosts().orElse(home().resolve("known_hosts")));
    }

    String host() {
        return url.host() + (url.port() == StoreUrl.Sftp.DEFAULT_PORT ? "" : ":" + url.port());
    }

    /**
     * The SFTP channel, connected.
     *
     * @throws BackupException {@code UNREACHABLE}, or {@code NOT_PERMITTED} if either side refused the other's key
     */
    AbstractSftpClient sftp() throws BackupException {
        lock.lock();
        try {
            if (sftp == null || !sftp.isOpen()) {
                disconnect();
                sftp = connect();
            }
            return sftp;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection over which a call got no answer, so that the next call makes a new one: a dead one may look open for a while. */
    void drop(SftpClient broken) {
        lock.lock();
        try {
            if (sftp == broken) {
                disconnect();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What a command of the far side's shell says on its stdout, if the server allows it; it gets no input. */
    String exec(String command) throws BackupException, IOException {
        try (var channel = sftp().getClientSession().createExecChannel(command);
                var out = new BoundedOutput()) {
            channel.setIn(InputStream.nullInputStream());
            channel.setOut(out);
            channel.setErr(OutputStream.nullOutputStream());
            channel.open().verify(options.idleTimeout());
            var events = channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), ANSWER_TIMEOUT);
            if (events.contains(ClientChannelEvent.TIMEOUT) || channel.getExitStatus() == null) {
                throw new SshException("the command did not end");
            }
            return out.toString(StandardCharsets.UTF_8);
        }
    }

    /** Keeps the beginning only: whatever the far side says, it costs no more memory than that. */
    private static final class BoundedOutput extends ByteArrayOutputStream {
        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, Math.min(length, MAX_ANSWER_BYTES - count));
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            disconnect();
            if (client != null) {
                client.stop();
                client = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private void disconnect() {
        if (sftp != null) {
            sftp.getClientSession().close(true);
            sftp = null;
        }
    }

    private AbstractSftpClient connect() throws BackupException {
        knownHosts.takeRefusal();
        ClientSession session = null;
        try {
            if (client == null) {
                client = newClient();
            }
            session = client.connect(url.user().orElse(null), url.host(), url.port())
                    .verify(options.connectTimeout())
                    .getSession();
            session.auth().verify(options.connectTimeout());
            return (AbstractSftpClient) SftpClientFactory.instance().createSftpClient(session);
        } catch (IOException e) {
            if (session != null) {
                session.close(true);
            }
            throw refused(e);
        }
    }

    private BackupException refused(IOException e) {
        var refusal = knownHosts.takeRefusal();
        if (refusal.isPresent()) {
            return new BackupException(Kind.NOT_PERMITTED, "refused to talk to " + host() + ": " + refusal.get(), e)
                    .withHint(
                            "compare the fingerprint with the host's own, then take the key over with: ssh-keyscan -p "
                                    + url.port() + " " + url.host() + " >> " + knownHosts.getPath());
        }
        if (e instanceof SshException ssh && isAuthentication(ssh)) {
            return new BackupException(Kind.NOT_PERMITTED, host() + " accepts none of the SSH keys", e)
                    .withHint("tried: " + identities() + "; is the public key in the account's authorized_keys?");
        }
        return new BackupException(
                Kind.UNREACHABLE,
                "cannot reach " + host() + ": " + NetworkReason.of(e).orElse(String.valueOf(e.getMessage())),
                e);
    }

    private static boolean isAuthentication(SshException e) {
        return e.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE
                || String.valueOf(e.getMessage()).contains("authentication");
    }

    private SshClient newClient() throws IOException, BackupException {
        var fresh = SshClient.setUpDefaultClient();
        fresh.setServerKeyVerifier(knownHosts);
        fresh.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        fresh.setKeyIdentityProvider(new FileKeyPairProvider(requireReadable(identities())));
        fresh.setCipherFactories(ciphers(fresh.getCipherFactories()));
        fresh.setSignatureFactories(signatures(fresh.getSignatureFactories()));
        CoreModuleProperties.IDLE_TIMEOUT.set(fresh, ANSWER_TIMEOUT);
        CoreModuleProperties.HEARTBEAT_REQUEST.set(fresh, "keepalive@openssh.com");
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(fresh, options.idleTimeout().dividedBy(HEARTBEATS_TO_MISS + 1));
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(fresh, HEARTBEATS_TO_MISS);
        CoreModuleProperties.WINDOW_SIZE.set(fresh, WINDOW_BYTES);
        CoreModuleProperties.TCP_NODELAY.set(fresh, true);
        fresh.start();
        return fresh;
    }

    /** AES-128-GCM first: its hardware instructions need no MAC beside them. Measured in docs/adr/0003. */
    private static List<NamedFactory<Cipher>> ciphers(List<NamedFactory<Cipher>> all) {
        var first = List.of(BuiltinCiphers.aes128gcm, BuiltinCiphers.aes256gcm);
        return Stream.concat(first.stream(), all.stream().filter(cipher -> !first.contains(cipher)))
                .toList();
    }

    /** The kinds of key that are known come first: a server has several, and shows the first that both sides like. */
    private List<NamedFactory<Signature>> signatures(List<NamedFactory<Signature>> all) throws IOException {
        var known = knownHosts.keyTypes(url.host(), url.port());
        return all.stream()
                .sorted(Comparator.comparing(signature -> !known.contains(keyType(signature.getName()))))
                .toList();
    }

    private static String keyType(String signature) {
        return signature.startsWith("rsa-sha2-") ? "ssh-rsa" : signature;
    }

    private List<Path> identities() {
        if (!options.sshIdentities().isEmpty()) {
            return options.sshIdentities();
        }
        return DEFAULT_IDENTITIES.stream()
                .map(home()::resolve)
                .filter(Files::isReadable)
                .toList();
    }

    private List<Path> requireReadable(List<Path> identities) throws BackupException {
        for (var identity : identities) {
            if (!Files.isReadable(identity)) {
                throw new BackupException(Kind.NOT_PERMITTED, "cannot read the SSH key " + identity + " for " + host());
            }
        }
        return identities;
    }

    private static Path home() {
        return Path.of(System.getProperty("user.home", "/"), ".ssh");
    }
}
