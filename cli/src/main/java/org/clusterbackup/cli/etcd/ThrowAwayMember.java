package org.clusterbackup.cli.etcd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.clusterbackup.cli.place.ScratchFolder;
import org.clusterbackup.etcd.Endpoint;
import org.clusterbackup.etcd.KeyRange;
import org.clusterbackup.etcd.KeysAt;
import org.clusterbackup.etcd.Member;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A member of etcd that lives while its snapshot is looked into: the snapshot and all that is made of it lie in a folder that
 * only this user can read, and the member lets in only who has a key that lies there, too, as etcd's user {@code root}: so no
 * password is needed where auth is on. Stopped and deleted by {@link #close}, and when the program is ended by a signal that
 * can be caught.
 */
public final class ThrowAwayMember implements AutoCloseable {
    /** It never speaks to a peer; the URL is only written down. */
    static final NewMember ALONE = new NewMember("throw-away", URI.create("https://127.0.0.1:2380"));

    /** Held, since a logger that nobody holds forgets its level. */
    private static final Logger GRPC = Logger.getLogger("io.grpc.internal");

    static {
        // It tells of each frame of a page that was larger than a connection takes, which is asked for again in parts.
        GRPC.setLevel(Level.WARNING);
    }

    /** A large store is read once before it answers. */
    private static final Duration UP_WITHIN = Duration.ofMinutes(15);

    private static final KeyRange EVERYTHING = KeyRange.prefix(new byte[0]);
    private static final Duration POLL = Duration.ofMillis(50);
    /** Somebody may take the port between its choice and its use. */
    private static final int ATTEMPTS = 5;

    private final ScratchFolder scratch;
    private final Path folder;
    private @Nullable Process process;
    private @Nullable Member member;
    private @Nullable Login login;
    private long revision;

    private ThrowAwayMember(ScratchFolder scratch) {
        this.scratch = scratch;
        this.folder = scratch.path();
    }

    /** Makes its folder below {@code spool}; it needs room for the snapshot twice. */
    public static ThrowAwayMember below(Path spool) throws IOException {
        return new ThrowAwayMember(ScratchFolder.below(spool, "etcd-"));
    }

    /** Where the snapshot is to be written before {@link #start}. */
    public Path snapshot() {
        return folder.resolve("snapshot");
    }

    /**
     * Makes the member of the snapshot, which is deleted then, and starts it; it answers when this returns.
     *
     * @throws BackupException {@code DAMAGED} if the tool does not restore it; {@code TARGET_UNFIT} if etcd does not start
     *     with it
     */
    public void start(EtcdTool tool, EtcdServer server) throws BackupException, IOException, InterruptedException {
        var last = tool.revision(snapshot());
        tool.restore(snapshot(), folder.resolve("data"), ALONE, ALONE.toString(), "throw-away", 0);
        Files.delete(snapshot());
        revision = readable(up(server), last);
    }

    /**
     * Starts a member without a key; it answers when this returns.
     *
     * @throws BackupException {@code TARGET_UNFIT} if etcd does not start
     */
    public void startEmpty(EtcdServer server) throws BackupException, IOException, InterruptedException {
        revision = up(server).keys().revision();
    }

    private Member up(EtcdServer server) throws BackupException, IOException, InterruptedException {
        var certificate = RootCertificate.make(folder);
        Member answering = null;
        for (var attempt = 1; answering == null; attempt++) {
            var endpoint = new Endpoint("127.0.0.1", freePort(), true);
            var started = server.start(folder, endpoint.port(), certificate);
            process = started;
            answering = connect(started, endpoint, certificate, attempt < ATTEMPTS);
            login = new Login(endpoint.toString(), certificate.file(), certificate.key());
        }
        member = answering;
        return answering;
    }

    /**
     * How others of this program get in; to be used before {@link #close}.
     *
     * @param certificate PEM, of both ends
     * @param key PEM, that of the certificate
     */
    public record Login(String url, Path certificate, Path key) {}

    public Login login() {
        if (login == null) {
            throw new IllegalStateException("not started");
        }
        return login;
    }

    /** @return null if the port was taken, and {@code again} allows another one */
    private @Nullable Member connect(Process started, Endpoint endpoint, RootCertificate certificate, boolean again)
            throws BackupException, IOException, InterruptedException {
        var until = System.nanoTime() + UP_WITHIN.toNanos();
        while (started.isAlive() && System.nanoTime() < until) {
            var candidate = Member.open(endpoint, certificate.access());
            try {
                var _ = candidate.keys();
                return candidate;
            } catch (BackupException e) {
                candidate.close();
                if (e.kind() != Kind.UNREACHABLE) {
                    throw e;
                }
            }
            Thread.sleep(POLL);
        }
        if (started.isAlive()) {
            throw unfit("etcd does not answer within " + UP_WITHIN.toMinutes() + " minutes");
        }
        var words = EtcdServer.lastWords(folder);
        if (again && words.contains("address already in use")) {
            return null;
        }
        throw unfit("etcd did not start (exit code " + started.exitValue() + "): " + words);
    }

    private static BackupException unfit(String message) {
        return new BackupException(Kind.TARGET_UNFIT, message)
                .withHint(
                        "take etcd and etcdutl of the version that was backed up, which 'clusterbackup show' says, with"
                                + " --tools; or another place with --spool");
    }

    /**
     * The last revision of the snapshot: what leases end after the start changes none of it. Where the store was compacted
     * behind its last change, only the present one can be read.
     */
    private static long readable(Member member, long last) throws BackupException {
        try {
            var _ = new KeysAt(member, EVERYTHING, last).count();
            return last;
        } catch (BackupException e) {
            if (e.kind() != Kind.FAILED) {
                throw e;
            }
            return member.keys().revision();
        }
    }

    /** One of loopback's that is free now; somebody may take it before it is used. */
    public static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The keys of {@code range} as the snapshot has them; to be used before {@link #close}. */
    public KeysAt keys(KeyRange range) {
        if (member == null) {
            throw new IllegalStateException("not started");
        }
        return new KeysAt(member, range, revision);
    }

    /**
     * How many keys the snapshot has at {@code at}, which it includes.
     *
     * @return empty if the store was compacted behind it
     */
    public OptionalLong countAt(long at) throws BackupException {
        try {
            return OptionalLong.of(new KeysAt(keys(EVERYTHING).member(), EVERYTHING, at).count());
        } catch (BackupException e) {
            if (e.kind() != Kind.FAILED) {
                throw e;
            }
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() throws IOException {
        if (member != null) {
            member.close();
        }
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
        scratch.close();
    }
}
