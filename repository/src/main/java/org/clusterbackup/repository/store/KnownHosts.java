package org.clusterbackup.repository.store;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.jspecify.annotations.Nullable;

/** Trusts the host keys of one {@code known_hosts} file, never learns one, and remembers why it refused. */
final class KnownHosts extends KnownHostsServerKeyVerifier {
    private final AtomicReference<@Nullable String> refusal = new AtomicReference<>();

    KnownHosts(Path file) {
        super(RejectAllServerKeyVerifier.INSTANCE, file);
    }

    /** Why the last key was refused, once. */
    Optional<String> takeRefusal() {
        return Optional.ofNullable(refusal.getAndSet(null));
    }

    /** The types of the keys that the file has for a host: the server must be asked for one of these. */
    Set<String> keyTypes(String host, int port) throws IOException {
        var types = new TreeSet<String>();
        if (Files.isReadable(getPath())) {
            for (var entry : KnownHostEntry.readKnownHostEntries(getPath())) {
                if (entry.isHostMatch(host, port)) {
                    types.add(entry.getKeyEntry().getKeyType());
                }
            }
        }
        return types;
    }

    @Override
    protected boolean acceptUnknownHostKey(ClientSession session, SocketAddress address, PublicKey key) {
        refusal.set("its host key " + KeyUtils.getFingerPrint(key) + " is not in " + getPath());
        return false;
    }

    @Override
    public boolean acceptModifiedServerKey(
            ClientSession session, SocketAddress address, KnownHostEntry entry, PublicKey expected, PublicKey actual) {
        refusal.set("its host key has changed: " + getPath() + " expects " + KeyUtils.getFingerPrint(expected)
                + ", the host showed " + KeyUtils.getFingerPrint(actual));
        return false;
    }

    @Override
    protected void handleRevokedKey(ClientSession session, SocketAddress address, PublicKey key) {
        refusal.set("its host key " + KeyUtils.getFingerPrint(key) + " is marked as revoked in " + getPath());
    }

    @Override
    protected boolean acceptIncompleteHostKeys(
            ClientSession session, SocketAddress address, PublicKey key, Throwable reason) {
        refusal.set("the host keys in " + getPath() + " cannot be read: " + reason.getMessage());
        return false;
    }
}
