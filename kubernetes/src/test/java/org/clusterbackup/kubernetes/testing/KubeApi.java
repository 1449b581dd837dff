package org.clusterbackup.kubernetes.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.kubernetes.api.Answer;
import org.clusterbackup.kubernetes.api.ApiServer;
import org.clusterbackup.kubernetes.api.Json;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.store.testing.FreePorts;
import org.clusterbackup.repository.store.testing.Programs;
import org.clusterbackup.repository.store.testing.Server;

/**
 * A real API server on its own etcd, in which Secrets are encrypted, without controllers: objects stay as they are. {@code admin} may do everything, {@code limited} what a
 * test grants. It can be killed and started again.
 */
public final class KubeApi extends Server {
    private static final Duration SOON = Duration.ofMinutes(1);

    private final Path program;
    private final Path folder;
    private final Etcd etcd;

    private KubeApi(Path folder) throws IOException {
        super(folder.resolve("kube-apiserver.log"), FreePorts.next());
        this.program = Programs.require("KUBE_APISERVER", "kube-apiserver");
        this.folder = folder;
        this.etcd = new Etcd(folder);
    }

    /** A server without objects of anybody; ready when this returns. */
    public static KubeApi start(Path folder) throws Exception {
        Files.createDirectories(folder);
        var server = new KubeApi(folder);
        server.writeKeys();
        server.etcd.start();
        server.start();
        return server;
    }

    private void writeKeys() throws IOException, GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        var pair = generator.generateKeyPair();
        pem("sa.key", "PRIVATE KEY", pair.getPrivate().getEncoded());
        pem("sa.pub", "PUBLIC KEY", pair.getPublic().getEncoded());
        Files.writeString(
                folder.resolve("tokens.csv"),
                "admin-token,admin,admin,\"system:masters\"\nlimited-token,limited,limited,\"\"\n");
        Files.writeString(folder.resolve("encryption.yaml"), """
                apiVersion: apiserver.config.k8s.io/v1
                kind: EncryptionConfiguration
                resources:
                - resources: [secrets]
                  providers:
                  - aescbc: {keys: [{name: key1, secret: "%s"}]}
                  - identity: {}
                """.formatted(
                        Base64.getEncoder().encodeToString(new byte[32])));
        kubeconfig("admin");
        kubeconfig("limited");
    }

    private void pem(String name, String type, byte[] der) throws IOException {
        var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(
                folder.resolve(name), "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    }

    private void kubeconfig(String user) throws IOException {
        Files.writeString(kubeconfigOf(user), """
                apiVersion: v1
                kind: Config
                current-context: test
                contexts: [{name: test, context: {cluster: test, user: %2$s}}]
                users: [{name: %2$s, user: {token: %2$s-token}}]
                clusters:
                - name: test
                  cluster: {server: "https://127.0.0.1:%1$d", certificate-authority: %3$s}
                """.formatted(port(), user, folder.resolve("certs/apiserver.crt")));
    }

    /** @param user {@code admin} or {@code limited} */
    public Path kubeconfigOf(String user) {
        return folder.resolve(user + ".kubeconfig");
    }

    /** As {@code admin}; the caller closes it. */
    public ApiServer client() throws BackupException {
        return ApiServer.connect(Optional.of(kubeconfigOf("admin")), Optional.empty());
    }

    /** Makes an object, by server-side apply. */
    public void apply(ApiServer client, String path, String json) throws BackupException {
        var answer = client.send(
                "PATCH",
                path + "?fieldManager=test&force=true",
                "application/apply-patch+yaml",
                json.getBytes(StandardCharsets.UTF_8));
        if (!answer.ok()) {
            throw new IllegalStateException(path + ": " + answer.message());
        }
    }

    /**
     * Makes an object as JSON, in which any character may be.
     *
     * @param path of all objects of its kind
     */
    public void create(ApiServer client, String path, JsonNode object) throws BackupException {
        var answer = client.send("POST", path, "application/json", Json.canonical(object));
        if (!answer.ok()) {
            throw new IllegalStateException(path + ": " + answer.message());
        }
    }

    public Answer get(ApiServer client, String path) throws BackupException {
        return client.getSmall(path, SOON);
    }

    /** The etcd's address. */
    public String store() {
        return etcd.url();
    }

    @Override
    protected List<String> command() {
        return List.of(
                program.toString(),
                "--etcd-servers=" + etcd.url(),
                "--bind-address=127.0.0.1",
                "--secure-port=" + port(),
                "--advertise-address=127.0.0.1",
                "--endpoint-reconciler-type=none",
                "--cert-dir=" + folder.resolve("certs"),
                "--token-auth-file=" + folder.resolve("tokens.csv"),
                "--encryption-provider-config=" + folder.resolve("encryption.yaml"),
                "--authorization-mode=RBAC",
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                "--service-account-key-file=" + folder.resolve("sa.pub"),
                "--service-account-signing-key-file=" + folder.resolve("sa.key"),
                "--service-cluster-ip-range=10.96.0.0/16");
    }

    @Override
    protected boolean isReady() {
        try (var client = client()) {
            return client.getSmall("/readyz", Duration.ZERO).ok()
                    && client.getSmall("/api/v1/namespaces/kube-system", Duration.ZERO)
                            .ok();
        } catch (BackupException e) {
            return false;
        }
    }

    @Override
    public void close() {
        kill();
        etcd.close();
    }
}
