package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.clusterbackup.repository.store.testing.FreePorts;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The plays, on a provisioner of its own, with a real API server without controllers and a real staging. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PlaysIT {
    private static final String NOTHING_CHANGED = "nothing changes the second time";
    private static final Map<String, String> S3 =
            Map.of("AWS_ACCESS_KEY_ID", "rootaccess", "AWS_SECRET_ACCESS_KEY", "rootsecret12345");

    private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();
    private static final Map<String, Object> VARIABLES = new HashMap<>();
    private static Path folder;
    private static Plays plays;
    private static Tool tool;
    private static Copy staging;
    private static Path wholeRole;
    private static BareCluster cluster;

    @BeforeAll
    static void start(@TempDir Path temporary) throws IOException {
        folder = temporary;
        var logs = Files.createDirectories(Path.of("target", "lab", "ansible").toAbsolutePath());
        var plane = ControlPlane.start(
                folder.resolve("control-plane"), (name, command, port) -> start(logs, name, command, port));
        cluster = new BareCluster(plane, folder);
        var bucket = Files.createDirectories(folder.resolve("s3/data/staging"));
        var s3 = FreePorts.next();
        start(logs, "s3", List.of(Checkout.script("start-versitygw.sh"), folder + "/s3", "" + s3), s3);
        staging = new Copy("staging", "s3:http://127.0.0.1:" + s3 + "/staging", bucket);
        var keys = folder.resolve("keys");
        tool = new Tool(keys, folder, S3);
        tool.command("keys", "generate", keys.toString(), "--target", "vault", "--target", "cellar")
                .run()
                .good();
        tool.command("init", "-r", staging.url()).run().good();
        // The provisioner has not got it.
        Files.move(keys.resolve("identity.txt"), folder.resolve("identity.txt"));
        plays = Plays.installed(folder);
        wholeRole = Files.writeString(folder.resolve("deployment.yml"), """
                - hosts: localhost
                  gather_facts: false
                  vars: {ansible_python_interpreter: "{{ ansible_playbook_python }}"}
                  roles: [clusterbackup.provision.cluster_backup]
                """);
        variables(keys);
    }

    private static void start(Path logs, String name, List<String> command, int port) {
        var component = new Component(name, command, Map.of(), logs.resolve(name + ".log"), () -> Ports.answers(port));
        OPEN.push(component);
        component.start();
    }

    private static void variables(Path keys) throws IOException {
        var archive = new Command(
                        List.of(Checkout.ROOT
                                .resolve("deploy/images/tool-archive.sh")
                                .toString()),
                        Map.of("CLUSTERBACKUP_BUILT", "yes", "JAVA_HOME", System.getProperty("java.home")),
                        Path.of("/dev/null"),
                        Duration.ofMinutes(5))
                .run()
                .good();
        var kubectl = ControlPlane.kubectlProgram().toRealPath();
        var digest =
                Command.of("sha256sum", kubectl.toString()).run().good().out().substring(0, 64);
        VARIABLES.putAll(Map.of(
                "cluster_backup_kubectl", plays.home() + "/bin/kubectl",
                "cluster_backup_kubectl_url", "file://" + kubectl,
                "cluster_backup_kubectl_checksum", "sha256:" + digest,
                "cluster_backup_kubeconfig_source", cluster.plane().kubeconfig().toString()));
        VARIABLES.putAll(Map.of(
                "cluster_backup_manifests", Checkout.ROOT.resolve("deploy").toString(),
                "cluster_backup_overlay", "try",
                "cluster_backup_keys", keys.toString(),
                "cluster_backup_secrets",
                        Map.of(
                                "api/token", secret("token-of-the-test"),
                                "s3/access-key", secret("rootaccess"),
                                "s3/secret-key", secret("rootsecret12345"),
                                "ssh/identity", secret("ssh-identity-of-the-test"),
                                "ssh/identity.pub", secret("ssh-public-key-of-the-test"),
                                "ssh/host-key", secret("ssh-host-key-of-the-test"),
                                "ssh/known_hosts", secret("ssh-known-hosts-of-the-test")),
                "cluster_backup_settings", Map.of("meeting-points", Map.of("KAFKA_BOOTSTRAP_SERVERS", "broker:9092")),
                "cluster_backup_policies", List.of(Map.of("name", "hourly", "cron", "0 * * * *")),
                "cluster_backup_registry", "registry.example.org/backup",
                "cluster_backup_wait", false));
        VARIABLES.putAll(Map.of(
                "cluster_backup_tool_archive", archive.out().strip(),
                "cluster_backup_tool_folder", folder + "/opt",
                "cluster_backup_state_folder", folder + "/state",
                "cluster_backup_repository", staging.url(),
                "cluster_backup_s3_access_key_file", secret("rootaccess"),
                "cluster_backup_s3_secret_key_file", secret("rootsecret12345"),
                "cluster_backup_saved", List.of(tree("saved")),
                "cluster_backup_sensitive", List.of(tree("sensitive"))));
    }

    /** A file that holds that. */
    private static String secret(String content) throws IOException {
        var file = Files.createTempFile(Files.createDirectories(folder.resolve("secrets")), "secret", "");
        return Files.writeString(file, content + "\n").toString();
    }

    private static String tree(String name) throws IOException {
        var root = Files.createDirectories(folder.resolve("provisioner").resolve(name));
        var file =
                Files.writeString(Files.createDirectories(root.resolve("a b")).resolve("-name"), "what is in " + name);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Files.createSymbolicLink(root.resolve("link"), Path.of("a b/-name"));
        return root.toString();
    }

    @AfterAll
    static void stop() throws Exception {
        while (!OPEN.isEmpty()) {
            OPEN.pop().close();
        }
    }

    @Test
    @Order(1)
    void inCheckModeNothingIsMade() throws IOException {
        // When
        var checked = plays.play(wholeRole, VARIABLES, "--check").good();

        // Then
        assertThat(checked.changed()).isPositive();
        assertThat(plays.home().resolve(".kube")).doesNotExist();
        assertThat(plays.home().resolve("bin")).doesNotExist();
        assertThat(folder.resolve("opt")).doesNotExist();
        assertThat(cluster.namespaces()).doesNotContain("cluster-backup");
    }

    @Test
    @Order(2)
    void kubectlIsPutOntoTheProvisioner() throws IOException {
        // When
        plays.play("setup-local-kubectl", VARIABLES).good();

        // Then it finds its cluster by itself
        var asked = new Command(
                List.of(plays.home() + "/bin/kubectl", "get", "namespace", "default"),
                Map.of("HOME", plays.home().toString()),
                Path.of("/dev/null"),
                Duration.ofMinutes(1));
        asked.run().good();
        var mode = Files.getPosixFilePermissions(plays.home().resolve(".kube/config"));
        assertThat(PosixFilePermissions.toString(mode)).isEqualTo("rw-------");

        // And in check mode it can be said what would be applied, though no namespace is there
        var checked = plays.play("deploy-cluster-backups", VARIABLES, "--check").good();
        assertThat(checked.said()).contains("DaemonSet cluster-backup-nodes/brick-agent");
        assertThat(cluster.namespaces()).doesNotContain("cluster-backup");
    }

    @Test
    @Order(3)
    void theOverlayIsAppliedWithWhatIsInjected() throws IOException {
        // When
        plays.play("deploy-cluster-backups", VARIABLES).good();

        // Then
        var objects = cluster.objects();
        assertThat(BareCluster.data(objects, "meeting-points")
                        .path("KAFKA_BOOTSTRAP_SERVERS")
                        .asText())
                .isEqualTo("broker:9092");
        assertThat(BareCluster.data(objects, "scheduler-files")
                        .path("policies.yaml")
                        .asText())
                .contains("hourly");
        assertThat(BareCluster.data(objects, "scheduler-files")
                        .path("targets.yaml")
                        .asText())
                .contains("vault");
        assertThat(BareCluster.decoded(
                        BareCluster.data(objects, "scheduler-api").path("token")))
                .isEqualTo("token-of-the-test\n");
        assertThat(BareCluster.decoded(
                        BareCluster.data(objects, "k8s-dumper-keys").path("signing-key")))
                .isEqualTo(Files.readString(folder.resolve("keys/signing/k8s-dumper")));
        assertThat(Workload.in(objects))
                .hasSize(10)
                .flatExtracting(Workload::containers)
                .allMatch(container -> container.path("image").asText().startsWith("registry.example.org/backup/"));
        assertThat(objects)
                .filteredOn(object -> object.path("kind").asText().equals("Deployment"))
                .allMatch(object ->
                        object.at("/metadata/managedFields/0/manager").asText().equals("cluster-backup"));
    }

    @Test
    @Order(4)
    void savedAndSensitiveAreStoredAndComeBack() throws IOException {
        // When
        var stored = plays.play("backup-saved-and-sensitive-now", VARIABLES).good();

        // Then
        assertThat(staging.artifacts()).hasSize(2);
        assertThat(stored.said()).contains("provisioner/saved: stored ", "provisioner/sensitive: stored ");
        assertThat(folder.resolve("opt/current/jre/bin/java")).isExecutable();
        for (var name : List.of("saved", "sensitive")) {
            var back = folder.resolve("back-" + name);
            tool.command(
                            "restore",
                            "tree",
                            "provisioner/" + name + "@latest",
                            "-r",
                            staging.url(),
                            "--identity",
                            folder.resolve("identity.txt").toString(),
                            "--to",
                            back.toString())
                    .run()
                    .good();
            var original = folder.resolve("provisioner").resolve(name);
            assertThat(fingerprint(Path.of(back + original.toString()))).isEqualTo(fingerprint(original));
        }
    }

    @Test
    @Order(5)
    void aSecondTimeNothingChanges() throws IOException {
        // When
        var again = plays.play(wholeRole, VARIABLES).good();
        var checked = plays.play(wholeRole, VARIABLES, "--check", "--tags", "kubectl,deploy")
                .good();

        // Then
        assertThat(again.changed()).as(NOTHING_CHANGED).isZero();
        assertThat(checked.changed()).as(NOTHING_CHANGED).isZero();
        assertThat(staging.artifacts()).hasSize(2);
        assertThat(plays.home().resolve(".kube"))
                .isDirectoryNotContaining(file -> file.getFileName().toString().startsWith("config."));
    }

    @Test
    @Order(6)
    void itSaysWhatIsNotReadyAndWhy() throws IOException {
        // Given a pod whose image is not there
        var scheduler = Workload.in(cluster.objects()).stream()
                .filter(workload -> workload.name().equals("scheduler"))
                .findFirst()
                .orElseThrow();
        cluster.create(scheduler.asPod().toString());
        cluster.patch("Pod", "cluster-backup", "scheduler", """
                {"status": {"phase": "Pending", "containerStatuses": [{"name": "scheduler", "image": "a", "imageID": "", "ready": false, "restartCount": 0,
                  "state": {"waiting": {"reason": "ImagePullBackOff", "message": "nothing behind that name"}}}]}}""");

        // When
        var waited = plays.play("deploy-cluster-backups", waiting());

        // Then
        assertThat(waited.result().exit()).isNotZero();
        assertThat(waited.said())
                .contains("not Ready after 2 s")
                .contains(
                        "Deployment cluster-backup/scheduler: 0 of 1 ready; Pod cluster-backup/scheduler waits: ImagePullBackOff, nothing behind that name")
                .contains(
                        "Deployment cluster-backup/k8s-dumper: 0 of 1 ready; no controller acts on it: is kube-controller-manager running?");
    }

    @Test
    @Order(7)
    void itWaitsForTheFirstRecoveryPoint() throws IOException {
        // Given
        cluster.objects().forEach(cluster::makeReady);
        var page = new SchedulerPage();
        OPEN.push(page);
        cluster.patch("Pod", "cluster-backup", "scheduler", """
                {"status": {"phase": "Running", "podIP": "%1$s", "podIPs": [{"ip": "%1$s"}], "conditions": [{"type": "Ready", "status": "True"}]}}""".formatted(page.ip()));
        cluster.create(page.endpoints());

        // When no target has one
        page.says("""
                {"targets": [{"name": "vault", "status": "partial"}], "problems": ["source etcd/main: no member answers"], "verdict": "NOT PROTECTED",
                 "runs": [{"run": "hourly-1", "targets": [{"target": "vault", "state": "collecting", "shipped": 1, "failed": 1, "expected": 3}],
                           "failures": ["etcd/main: nobody there"]}]}""");
        var waited = plays.play("deploy-cluster-backups", waiting());

        // Then it says what is missing
        assertThat(waited.result().exit()).isNotZero();
        assertThat(waited.said())
                .contains("no recovery point after 2 s")
                .contains(
                        "target vault has no recovery point: hourly-1 is collecting with 1 of 3 sources there, 1 failed")
                .contains("etcd/main: nobody there")
                .contains("source etcd/main: no member answers");

        // When it has
        page.says("""
                {"targets": [{"name": "vault", "restores": "2026-01-01T00:00:00Z"}], "verdict": "Protected: all 3 sources"}""");
        var reached = plays.play("deploy-cluster-backups", waiting()).good();

        // Then
        assertThat(reached.said()).contains("Protected: all 3 sources");
        assertThat(reached.changed()).as(NOTHING_CHANGED).isZero();
    }

    @Test
    @Order(8)
    void nothingSensitiveWasSaid() throws IOException {
        var log = plays.log();
        assertThat(log).contains("Apply each Secret");
        for (var secrets : List.of(folder.resolve("keys"), folder.resolve("secrets"))) {
            for (var file : sensitiveFiles(secrets)) {
                var text = Files.readString(file);
                var base64 = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
                assertThat(log).as("%s", file).doesNotContain(text.strip()).doesNotContain(base64);
            }
        }
        assertThat(log).doesNotContain("what is in sensitive");
        assertThat(plays.temporary())
                .isDirectoryNotContaining(file -> file.getFileName().toString().startsWith("cluster-backup-"));
    }

    private static List<Path> sensitiveFiles(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".pub"))
                    .filter(file -> !List.of("allowed_signers", "recipients.txt")
                            .contains(file.getFileName().toString()))
                    .toList();
        }
    }

    private static Map<String, Object> waiting() {
        var variables = new HashMap<>(VARIABLES);
        variables.putAll(Map.of(
                "cluster_backup_wait", true,
                "cluster_backup_wait_ready", 2,
                "cluster_backup_wait_recovery_point", 2,
                "cluster_backup_wait_pause", 1));
        return variables;
    }

    private static String fingerprint(Path tree) {
        return Objects.requireNonNull(Command.of(Checkout.script("fingerprint.sh"), tree.toString())
                .run()
                .good()
                .out());
    }
}
