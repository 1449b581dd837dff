package org.clusterbackup.cli.etcd;

import java.net.URI;
import java.util.regex.Pattern;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/** A member of a cluster that is to be: its name and where its peers find it. */
public record NewMember(String name, URI peer) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final int CLIENT_PORT = 2379;

    /** What etcd itself takes where nothing is said. */
    public static final NewMember ALONE = new NewMember("default", URI.create("http://localhost:2380"));

    /**
     * Reads {@code NAME=PEER_URL}.
     *
     * @throws BackupException {@code USAGE}
     */
    public static NewMember parse(String text) throws BackupException {
        var at = text.indexOf('=');
        if (at > 0 && NAME.matcher(text.substring(0, at)).matches()) {
            try {
                var peer = URI.create(text.substring(at + 1));
                var web = "http".equals(peer.getScheme()) || "https".equals(peer.getScheme());
                if (web && peer.getHost() != null && peer.getPort() > 0 && "".equals(peer.getRawPath())) {
                    return new NewMember(text.substring(0, at), peer);
                }
            } catch (IllegalArgumentException e) {
                // Said below.
            }
        }
        throw new BackupException(Kind.USAGE, "'" + text + "' is no member")
                .withHint("write a name and a peer URL: --member etcd-0=https://10.0.0.1:2380");
    }

    /** Where clients find it, if it is as usual; whoever starts it decides. */
    String client() {
        return peer.getScheme() + "://" + peer.getHost() + ":" + CLIENT_PORT;
    }

    @Override
    public String toString() {
        return name + "=" + peer;
    }
}
