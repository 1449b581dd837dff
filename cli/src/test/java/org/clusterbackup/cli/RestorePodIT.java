package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.clusterbackup.cli.place.Capability;
import org.clusterbackup.kubernetes.testing.KubeApi;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.store.testing.Programs;
import org.clusterbackup.repository.store.testing.SshServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A brick comes back in the Pod that {@code deploy} has, by the commands of its page: a real API server takes the manifests,
 * and what it made of them says what the packaged program runs with.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestorePodIT {
    private static final String SOURCE = "brick/global/5/node3";
    private static final String NAMESPACE = "cluster-backup-restore";
    private static final String EXEC = "kubectl -n " + NAMESPACE + " exec restore -- ";
    private static final String FINGERPRINT = """
            fingerprint() (
              sh SCRIPT "$1"; cd "$1"; shopt -s globstar dotglob
              find . -type b -o -type c | sort | xargs -r stat -c '%n %t %T'
              find . -type f -o -type d | sort | xargs lsattr -d
              ls -i -- **/a **/second | awk '{ print $1 }' | uniq | wc -l
            )
            """.replace(
            "SCRIPT", Path.of("../deploy/local/fingerprint.sh").toAbsolutePath().toString());

    /** Something of everything that takes a right to give back, as other users' as can be. */
    private static final String FILL = FINGERPRINT + """
            setfattr -n trusted.glusterfs.volume-id -v 0x6e6f7468696e67206865726520746f20 .
            echo a >a; chown 1001:1002 a; chmod 640 a; setfattr -n trusted.gfid -v 0x000102030405060708090a0b0c0d0e0f a
            setfattr -n security.other -v z a; setfattr -n user.x -v y a; ln a .glusterfs/aa/bb/a; ln a second
            echo b >program; chown 1001:1002 program; chmod 6755 program
            echo c >able; setcap cap_net_raw+ep able
            mkdir folder; chown 1001:1002 folder; chmod 3775 folder; setfacl -d -m u:1003:rwx folder; setfacl -m g:1004:rwx folder
            mkdir -p shut/in; echo d >shut/in/d; setfacl -m u:1003:r shut/in/d; chown -R 1001:1002 shut; chmod 0 shut/in shut
            mknod char c 1 3; mknod block b 7 7; mkfifo pipe; chown 1001:1002 char block pipe; chmod 666 char
            ln -s a link; chown -h 1001:1002 link
            truncate -s 10M sparse; echo x >>sparse; chown 1001 sparse; chmod 444 sparse
            echo e >kept; chattr +i kept; echo f >log; chattr +a log
            fingerprint . >"$home/NAME.fingerprint"
            """;

    private final Path shared;
    private final World world;
    private final KubeApi kube;
    private final SshServer vault;
    private final Path kubectl;
    private final Path dump;
    private final List<String> blocks = new ArrayList<>(DocumentedBlocks.of("restore-pod.md"));
    private final RestorePod pod;

    @TempDir
    Path folder = Path.of("unset");

    RestorePodIT(@TempDir Path shared) throws Exception {
        // Given a brick's dump at an SSH target, and a cluster
        this.shared = shared;
        dump = BrickDump.make(shared, "brick", FILL.replace("NAME", "brick")).file();
        world = World.make(shared.resolve("world"), "age");
        try (var stream = Files.newInputStream(dump)) {
            world.store(SOURCE, ArtifactKind.BRICK, stream, BrickDump.details("global", 5, 6));
        }
        world.run("copy", world.staging().toString(), world.target().toString());
        kubectl = Programs.require("KUBE_APISERVER", "kube-apiserver").resolveSibling("kubectl");
        vault = SshServer.start(Files.createDirectories(shared.resolve("vault")));
        kube = KubeApi.start(shared.resolve("kube"));

        // When an operator follows the page until the Pod is there
        BrickDump.shell(
                shared,
                "mkdir desk target bin node node/media node/media/brick1 node/var node/var/lib; mkdir node/var/lib/glusterd;"
                        + " cp -r " + Path.of("../deploy").toAbsolutePath() + " desk/; mv target desk/");
        Files.copy(vault.identity(), shared.resolve("desk/target/identity"));
        Files.copy(vault.knownHosts(), shared.resolve("desk/target/known_hosts"));
        Files.write(
                shared.resolve("desk/target/options"),
                List.of(
                        "-r",
                        vault.url(world.target()),
                        "--ssh-identity",
                        "/target/identity",
                        "--ssh-known-hosts",
                        "/target/known_hosts"));
        while (!blocks.getFirst().contains(EXEC)) {
            atDesk(blocks.removeFirst());
        }
        pod = new RestorePod(
                json("get", "pod", "restore"),
                json("get", "secrets"),
                shared.resolve("node"),
                Files.createDirectories(shared.resolve("kubelet")));
    }

    /** There is no kubelet, which would make the Pod ready, and no controller, which would empty a namespace. */
    private String atDesk(String commands) throws IOException {
        return BrickDump.shell(
                shared.resolve("desk"),
                """
                export KUBECONFIG=%s CLUSTERBACKUP_KEYS=%s
                kubectl() {
                  case "$*" in
                    *' wait '*) command KUBECTL "${@:1:2}" get secret restore-keys restore-target ;;
                    delete*) command KUBECTL "$@" --wait=false ;;
                    *) command KUBECTL "$@" ;;
                  esac
                }
                """.formatted(kube.kubeconfigOf("admin"), world.keys()).replace("KUBECTL", kubectl.toString())
                        + commands);
    }

    private JsonNode json(String... words) throws IOException {
        var said = atDesk("kubectl -n " + NAMESPACE + " " + String.join(" ", words) + " -o json");
        return JsonMapper.builder().build().readTree(said.getBytes(StandardCharsets.ISO_8859_1));
    }

    @AfterAll
    void stop() {
        kube.close();
        vault.close();
    }

    @BeforeEach
    void newFileSystem() throws IOException {
        BrickDump.shell(
                shared, "truncate -s 400M new.img; mkfs.xfs -qf new.img; mount -o loop new.img node/media/brick1");
    }

    @AfterEach
    void unmount() throws IOException {
        BrickDump.shell(shared, "umount node/media/brick1; rm new.img");
    }

    private Path place() {
        return shared.resolve("node/media/brick1");
    }

    private String fingerprint() throws IOException {
        return BrickDump.shell(folder, FINGERPRINT + "fingerprint " + place().resolve("brick"));
    }

    private String original() throws IOException {
        return Files.readString(shared.resolve("brick.fingerprint"), StandardCharsets.ISO_8859_1);
    }

    private static List<String> without(Capability one) {
        return Capability.forBricks().stream()
                .filter(other -> other != one)
                .map(Capability::name)
                .toList();
    }

    @Test
    void thePageBringsABrickBackWhole() throws IOException {
        // When
        var said = new StringBuilder();
        for (var line : blocks.getFirst().lines().toList()) {
            assertThat(line).startsWith(EXEC);
            var run = pod.exec(
                    pod.capabilities(),
                    Arrays.asList(line.substring(EXEC.length()).split(" ")));
            assertThat(run.code()).as(run.err()).isZero();
            said.append(run.err()).append(run.out());
        }

        // Then
        assertThat(said).contains("would restore " + SOURCE).contains("restored " + SOURCE);
        assertThat(fingerprint()).isEqualTo(original());
        atDesk(blocks.getLast());
        assertThat(json("get", "namespace", NAMESPACE)
                        .at("/metadata/deletionTimestamp")
                        .asText())
                .isNotEmpty();
    }

    @Test
    void thePodHasWhatARestoreTakesAndNoMore() {
        var context = pod.container().path("securityContext");
        assertThat(pod.capabilities())
                .containsExactlyInAnyOrderElementsOf(
                        Capability.forBricks().stream().map(Capability::name).toList());
        assertThat(context.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(context.path("privileged").asBoolean()).isFalse();
        assertThat(pod.pod().at("/spec/securityContext/seccompProfile/type").asText())
                .isEqualTo("RuntimeDefault");
        assertThat(pod.pod().at("/spec/automountServiceAccountToken").asBoolean(true))
                .isFalse();
        assertThat(pod.container().at("/resources/limits/memory").asText()).isNotEmpty();
        assertThat(pod.pod().at("/spec/nodeSelector/kubernetes.io~1hostname").asText())
                .isEqualTo("node3");
        assertThat(pod.container().path("volumeMounts").findValuesAsText("mountPropagation"))
                .containsOnlyOnce("HostToContainer");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DAC_READ_SEARCH")
    void withoutAnyOneOfThemNothingIsWritten(Capability lacking) throws IOException {
        var said = outside(String.join(" ", RestorePod.lowered(without(lacking))));

        assertThat(said)
                .contains("this process lacks " + lacking + "\n")
                .contains("restore-pod")
                .contains("exit 16");
        assertThat(place()).isEmptyDirectory();
    }

    /** Otherwise it would be granted for nothing. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DAC_READ_SEARCH")
    void withoutAnyOneOfThemXfsrestoreSaysSuccessOfWhatIsNotTheBrick(Capability lacking) throws IOException {
        var words = new ArrayList<>(RestorePod.lowered(without(lacking)));
        words.addAll(List.of("xfsrestore", "-F", "-J", "-", place().toString()));

        var said = BrickDump.shell(folder, String.join(" ", words) + " <" + dump);

        assertThat(said).contains("Restore Status: SUCCESS");
        assertThat(said.contains("WARNING")).as(said).isEqualTo(lacking != Capability.FSETID);
        assertThat(fingerprint()).isNotEqualTo(original());
    }

    @Test
    void capabilitiesOfAUserNamespaceDoNotCount() throws IOException {
        var said = outside("unshare --user --map-root-user");

        assertThat(said).contains("user namespace").contains("hostUsers").contains("exit 16");
        assertThat(place()).isEmptyDirectory();
    }

    @Test
    void fileSystemThatIsReadOnlyBehindAWritableMountIsRefused() throws IOException {
        BrickDump.shell(
                shared,
                "mkdir node/media/same; mount --bind node/media/brick1 node/media/same;"
                        + " mount -o remount,ro node/media/same; mount -o remount,bind,rw node/media/same");
        try {
            var said = outside("env");

            assertThat(said).contains("cannot be written to").contains("exit 16");
        } finally {
            BrickDump.shell(shared, "umount node/media/same; rmdir node/media/same");
        }
    }

    /** The packaged program, not in the Pod. */
    private String outside(String prefix) throws IOException {
        return BrickDump.shell(
                folder,
                "export CLUSTERBACKUP_KEYS=%s JAVA_HOME=%s; %s %s restore brick %s@latest --to %s -r %s || echo exit $?"
                        .formatted(
                                world.keys(),
                                System.getProperty("java.home"),
                                prefix,
                                Path.of("target/clusterbackup/bin/clusterbackup")
                                        .toAbsolutePath(),
                                SOURCE,
                                place(),
                                world.target()));
    }
}
