package org.clusterbackup.cli.etcd;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** A member of a cluster that is to be: its name, where its peers find it, and where clients do. */
public record NewMember(String name, URI peer, URI client) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final int CLIENT_PORT = 2379;

    /** What etcd itself takes where nothing is said. */
    public static final NewMember ALONE = new NewMember("default", URI.create("http://localhost:2380"));

    /** Clients find it as usual: by the scheme and the host of its peers, at etcd's port. */
    public NewMember(String name, URI peer) {
        this(name, peer, URI.create(peer.getScheme() + "://" + peer.getHost() + ":" + CLIENT_PORT));
    }

    /**
     * Reads {@code NAME=PEER_URL} or {@code NAME=PEER_URL,CLIENT_URL}.
     *
     * @throws BackupException {@code USAGE}
     */
    public static NewMember parse(String text) throws BackupException {
        var at = text.indexOf('=');
        if (at > 0 && NAME.matcher(text.substring(0, at)).matches()) {
            var name = text.substring(0, at);
            var urls = text.substring(at + 1).split(",", -1);
            var peer = url(urls[0]);
            var client = url(urls[urls.length - 1]);
            if (urls.length == 1 && peer.isPresent()) {
                return new NewMember(name, peer.get());
            }
            if (urls.length == 2 && peer.isPresent() && client.isPresent()) {
                return new NewMember(name, peer.get(), client.get());
            }
        }
        throw new BackupException(Kind.USAGE, "'" + text + "' is no member")
                .withHint("write a name and a peer URL, and a client URL behind it where that is not on port 2379:"
                        + " --member etcd-0=https://10.0.0.1:2380,https://10.0.0.1:2379");
    }

    private static Optional<URI> url(String text) {
        try {
            var url = URI.create(text);
            var web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            return web && url.getHost() != null && url.getPort() > 0 && "".equals(url.getRawPath())
                    ? Optional.of(url)
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return name + "=" + peer;
    }
}
