package org.clusterbackup.cli.kubernetes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.cli.etcd.EtcdServer;
import org.clusterbackup.cli.etcd.ThrowAwayMember;
import org.clusterbackup.cli.place.ScratchFolder;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;

/**
 * An API server on loopback, on an etcd of its own, that lets in who has a token that lies in a folder of this user alone.
 * There are no controllers and no nodes: objects stay as they are put. Stopped and deleted by {@link #close}, and when the
 * program is ended by a signal that can be caught.
 */
public final class ThrowAwayApiServer implements AutoCloseable {
    private static final Duration UP_WITHIN = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(200);
    /** Somebody may take the port between its choice and its use. */
    private static final int ATTEMPTS = 5;

    private static final int TOKEN_BYTES = 32;
    private static final int LONGEST_WORDS = 500;

    private final ThrowAwayMember store;
    private final ScratchFolder folder;
    private final Process process;

    private ThrowAwayApiServer(ThrowAwayMember store, ScratchFolder folder, Process process) {
        this.store = store;
        this.folder = folder;
        this.process = process;
    }

    /**
     * Starts both; they answer when this returns.
     *
     * @param program {@code kube-apiserver}
     * @throws BackupException {@code TARGET_UNFIT} if one does not start
     */
    public static ThrowAwayApiServer start(Path spool, EtcdServer etcd, Path program)
            throws BackupException, IOException, InterruptedException {
        var store = ThrowAwayMember.below(spool);
        try {
            store.startEmpty(etcd);
            var folder = ScratchFolder.below(spool, "apiserver-");
            try {
                return new ThrowAwayApiServer(store, folder, up(store.login(), folder.path(), program));
            } catch (BackupException | IOException | InterruptedException | RuntimeException e) {
                folder.close();
                throw e;
            }
        } catch (BackupException | IOException | InterruptedException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static Process up(ThrowAwayMember.Login etcd, Path folder, Path program)
            throws BackupException, IOException, InterruptedException {
        var token = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(token);
        var secret = HexFormat.of().formatHex(token);
        Files.writeString(folder.resolve("tokens.csv"), secret + ",drill,drill,\"system:masters\"\n");
        for (var attempt = 1; ; attempt++) {
            var port = ThrowAwayMember.freePort();
            kubeconfig(folder, port, etcd.certificate(), secret);
            var started = new ProcessBuilder(command(etcd, folder, program, port))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            try {
                if (ready(started, folder)) {
                    return started;
                }
            } catch (BackupException | InterruptedException | RuntimeException e) {
                started.destroyForcibly().onExit().join();
                throw e;
            }
            var words = lastWords(folder);
            if (attempt == ATTEMPTS || !words.contains("address already in use")) {
                throw unfit("kube-apiserver did not start (exit code " + started.exitValue() + "): " + words);
            }
        }
    }

    /** The certificate of its etcd serves it, too, and its key signs the tokens of service accounts. */
    private static List<String> command(ThrowAwayMember.Login etcd, Path folder, Path program, int port) {
        return List.of(
                program.toString(),
                "--etcd-servers=" + etcd.url(),
                "--etcd-cafile=" + etcd.certificate(),
                "--etcd-certfile=" + etcd.certificate(),
                "--etcd-keyfile=" + etcd.key(),
                "--bind-address=127.0.0.1",
                "--secure-port=" + port,
                "--advertise-address=127.0.0.1",
                "--endpoint-reconciler-type=none",
                "--tls-cert-file=" + etcd.certificate(),
                "--tls-private-key-file=" + etcd.key(),
                "--token-auth-file=" + folder.resolve("tokens.csv"),
                "--authorization-mode=RBAC",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + etcd.certificate(),
                "--service-account-signing-key-file=" + etcd.key(),
                // As kubeadm has it, and as large as it may be.
                "--service-cluster-ip-range=10.96.0.0/12");
    }

    private static void kubeconfig(Path folder, int port, Path certificate, String token) throws IOException {
        Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: drill
                contexts: [{name: drill, context: {cluster: drill, user: drill}}]
                users: [{name: drill, user: {token: %s}}]
                clusters:
                - name: drill
                  cluster: {server: "https://127.0.0.1:%d", certificate-authority: "%s"}
                """.formatted(token, port, certificate));
    }

    /** @return false if it has ended */
    private static boolean ready(Process started, Path folder) throws BackupException, InterruptedException {
        var until = System.nanoTime() + UP_WITHIN.toNanos();
        while (started.isAlive()) {
            try (var server = connect(folder)) {
                if (server.getSmall("/readyz", Duration.ZERO).ok()
                        && server.getSmall("/api/v1/namespaces/kube-system", Duration.ZERO)
                                .ok()) {
                    return true;
                }
            } catch (BackupException e) {
                if (e.kind() != Kind.UNREACHABLE) {
                    throw e;
                }
            }
            if (System.nanoTime() > until) {
                throw unfit("kube-apiserver does not answer within " + UP_WITHIN.toMinutes() + " minutes");
            }
            Thread.sleep(POLL);
        }
        return false;
    }

    private static String lastWords(Path folder) throws IOException {
        try (var lines = Files.lines(folder.resolve("log"), StandardCharsets.ISO_8859_1)) {
            var last = lines.filter(line -> !line.isBlank()).reduce("it said nothing", (a, b) -> b);
            return last.length() > LONGEST_WORDS ? last.substring(0, LONGEST_WORDS) + "…" : last;
        }
    }

    private static BackupException unfit(String message) {
        return new BackupException(Kind.TARGET_UNFIT, message)
                .withHint("take the kube-apiserver of the version that was backed up, and an etcd that it works with");
    }

    /** As one who may do everything; the caller closes it. */
    public ApiServer connect() throws BackupException {
        return connect(folder.path());
    }

    private static ApiServer connect(Path folder) throws BackupException {
        return ApiServer.connect(Optional.of(folder.resolve("kubeconfig")), Optional.empty());
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        folder.close();
        store.close();
    }
}
