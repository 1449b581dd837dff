package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.RecoveryPointReached;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From a request to two proved recovery points, and from one target alone back to the brick. Each test goes on from the one before. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WalkingPathIT {
    @RegisterExtension
    static final LabExtension LAB = new LabExtension(new Lab.Options("walking-path", true, false, true));

    private static final Pattern REVISION = Pattern.compile("\"revision\"\\s*:\\s*(\\d+)");
    private static final String BRICK = "brick/global/0/node1";

    @Test
    @Order(1)
    void aRequestBecomesARecoveryPointAtBothTargets() {
        // Given a volume with files, and agents that found its bricks by themselves
        var lab = LAB.get();
        var runs = new Runs(lab);
        lab.gluster()
                .inside(
                        "node1",
                        Checkout.script("make-data.pl"),
                        "/mnt/global",
                        "files=1000",
                        "random-mb=24",
                        "table-mb=32")
                .run()
                .good();
        runs.awaitSources();
        fillControlPlane(lab);
        storeSaved(lab);

        // When a person asks for a backup
        var mark = lab.events().mark();
        lab.kcat("backup-requested", "{}");

        // Then both targets have all of it, proved
        var run = lab.events()
                .awaitEvent(mark, ArtifactReady.class, _ -> true, Runs.PATIENCE)
                .run()
                .orElseThrow();
        assertThat(run).startsWith("manual-0-");
        runs.awaitComplete(run);
        assertThat(runs.ready(run)).hasSize(lab.sources().size());
        for (var target : List.of(Lab.FAR, Lab.CLOUD)) {
            lab.events()
                    .awaitEvent(
                            RecoveryPointReached.class,
                            event -> event.target().equals(target)
                                    && event.entry().contains("\"source\":\"" + Lab.PROVISIONER + "\""),
                            Runs.PATIENCE);
        }
    }

    @Test
    @Order(2)
    void targetsAreWholeWithoutBrokerAndStaging() throws IOException {
        // Given that nothing but the targets is left
        var lab = LAB.get();
        fingerprintOfBrick(lab, "before");
        lab.controlPlane().fingerprint(lab.folder().resolve("kubernetes-before"));
        fingerprintOfEtcd(lab, "etcd-before");
        for (var name : List.of(
                "etcd-agent",
                "k8s-dumper",
                "brick-agent-node1",
                "brick-agent-node2",
                "shipper-far",
                "shipper-cloud",
                "scheduler",
                "kafka",
                "kube-apiserver",
                "etcd-m1",
                "etcd-m2",
                "etcd-m3")) {
            lab.component(name).stop();
        }
        hideStaging(lab);

        // Then both are whole
        for (var target : List.of(Lab.FAR, Lab.CLOUD)) {
            lab.tool().on(lab.copy(target), "verify", "--read-data").run().good();
        }
    }

    @Test
    @Order(3)
    void theSshTargetAloneGivesTheBrickBack() throws IOException {
        // Given a new, empty file system
        var lab = LAB.get();
        try (var place = Disk.xfs(lab.folder().resolve("restored"), 1000)) {
            // When
            lab.tool()
                    .on(
                            lab.copy(Lab.FAR),
                            "restore",
                            "brick",
                            BRICK + "@latest",
                            "--to",
                            place.place().toString())
                    .run()
                    .good();

            // Then every name, byte, mode, owner, time, xattr and ACL is as it was
            var after = lab.folder().resolve("after");
            Command.of(
                            Checkout.script("fingerprint.sh"),
                            place.place().resolve("brick").toString())
                    .runInto(after)
                    .good();
            assertSame(lab.folder().resolve("before"), after);
        }
    }

    @Test
    @Order(4)
    void theSshTargetAloneGivesEtcdBack() throws IOException {
        // Given that all members are gone, with their data
        var lab = LAB.get();
        var plane = lab.controlPlane();
        var data = lab.folder().resolve("restored-etcd");
        var words = new ArrayList<>(
                List.of("restore", "etcd", "etcd/main@latest", "--to", "" + data, "--tools", "" + plane.etcdTools()));
        for (var member : plane.members().split(",", -1)) {
            words.addAll(List.of("--member", member));
        }

        // When
        var said = lab.tool()
                .on(lab.copy(Lab.FAR), words.toArray(String[]::new))
                .run()
                .good()
                .out();
        var cluster = said.lines()
                .flatMap(line -> Arrays.stream(line.split(" ", -1)))
                .filter(word -> word.startsWith("--initial-cluster"))
                .distinct()
                .toList();
        plane.startEtcd("restored-etcd-", data, cluster);

        // Then every key has its value, revisions, version and lease
        fingerprintOfEtcd(lab, "etcd-after");
        assertSame(lab.folder().resolve("etcd-before"), lab.folder().resolve("etcd-after"));
    }

    @Test
    @Order(5)
    void theS3TargetAloneGivesTheObjectsOfKubernetesBack() throws IOException {
        // Given an empty cluster
        var lab = LAB.get();
        var plane = lab.controlPlane();
        plane.startEmptyCluster();

        // When
        lab.tool()
                .on(
                        lab.copy(Lab.CLOUD),
                        "restore",
                        "kubernetes",
                        "kubernetes/main@latest",
                        "--kubeconfig",
                        "" + plane.kubeconfig())
                .run()
                .good();

        // Then each object is as it was, and the artifact's list names every one of them
        var after = lab.folder().resolve("kubernetes-after");
        plane.fingerprint(after);
        assertSame(lab.folder().resolve("kubernetes-before"), after);
        var listed = lab.tool()
                .on(lab.copy(Lab.CLOUD), "kubernetes", "show", "kubernetes/main@latest")
                .run()
                .good()
                .out();
        assertThat(listed).contains("widgets.example.org").contains("immutable");
    }

    @Test
    @Order(6)
    void theSshTargetAloneGivesTheProvisionersFilesBack() throws IOException {
        var lab = LAB.get();
        var to = lab.folder().resolve("restored-saved");

        lab.tool()
                .on(lab.copy(Lab.FAR), "restore", "tree", Lab.PROVISIONER + "@latest", "--to", "" + to)
                .run()
                .good();

        var saved = lab.folder().resolve("saved");
        assertSame(fingerprint(lab, saved), fingerprint(lab, Path.of("" + to + saved)));
    }

    @Test
    @Order(7)
    void standardToolsGiveTheSameStream() throws IOException {
        // Given a local copy of the target, and a PATH without Java
        var lab = LAB.get();
        var repository = lab.copy(Lab.FAR).folder();
        var stream = lab.folder().resolve("stream");
        var programs = lab.folder().resolve("programs");
        Command.shell("mkdir \"$1\"; ln -s /usr/bin/* /bin/* \"$1\" 2>&- || true; rm -f \"$1\"/java*", programs)
                .run()
                .good();
        var environment = Map.of("PATH", programs.toString(), "JAVA_HOME", "");
        assertThat(Command.shell("command -v java").with(environment).run().exit())
                .isNotZero();

        // When
        Command.shell(
                        "cd \"$1\" && exec sh restore.sh --identity \"$2/identity.txt\" --allowed-signers \"$2/allowed_signers\" \"$3\"",
                        repository,
                        lab.keys(),
                        BRICK + "@latest")
                .with(environment)
                .runInto(stream)
                .good();

        // Then it is what the tool gives
        var ours = lab.folder().resolve("ours");
        lab.tool().on(lab.copy(Lab.FAR), "cat", BRICK + "@latest").runInto(ours).good();
        assertThat(Files.mismatch(stream, ours)).isEqualTo(-1);
        assertThat(Files.size(stream)).isPositive();
    }

    @Test
    @Order(8)
    void oneOtherByteAtATargetIsNamed() throws IOException {
        // Given one byte of one pack that is not what it was
        var lab = LAB.get();
        var far = lab.copy(Lab.FAR);
        var pack = far.packs().keySet().stream().sorted().findFirst().orElseThrow();
        flip(far.pack(pack));

        // When
        var verified = lab.tool().on(far, "verify", "--read-data").run();

        // Then
        assertThat(verified.exit()).as("%s", verified).isEqualTo(14);
        assertThat(verified.out() + verified.err()).contains(pack);
    }

    /** Of each kind of key and object one, beside what a cluster has by itself. */
    private static void fillControlPlane(Lab lab) {
        var plane = lab.controlPlane();
        var lease = plane.etcdctl("lease", "grant", "86400").run().good().out().split(" ", -1)[1];
        plane.etcdctl("put", "--lease=" + lease, "/leased", "value").run().good();
        var binary = lab.folder().resolve("binary");
        Command.shell("head -c 300000 /dev/urandom >\"$1\"", binary).run().good();
        plane.etcdctl("put", "/binary").reading(binary).run().good();
        plane.kubectl("create", "configmap", "settings", "--from-literal=a=b")
                .run()
                .good();
        plane.kubectl("patch", "configmap", "settings", "--patch={\"immutable\":true}")
                .run()
                .good();
        plane.kubectl("create", "configmap", "immutable").run().good();
        plane.kubectl("apply", "-f", Checkout.script("demo-objects.yaml")).run().good();
    }

    private static void storeSaved(Lab lab) {
        var saved = lab.folder().resolve("saved");
        Command.shell(
                        "mkdir \"$1\"; cd \"$1\"; echo a >a; ln a b; ln -s a c; truncate -s 10M d; chmod 600 d; setfacl -m u:65534:r a",
                        saved)
                .run()
                .good();
        lab.tool()
                .on(lab.copy("staging"), "store", "--source", Lab.PROVISIONER, "" + saved)
                .run()
                .good();
    }

    /** Of the revision that was backed up, since an API server writes all the time. */
    private static void fingerprintOfEtcd(Lab lab, String name) throws IOException {
        var shown = lab.tool()
                .on(lab.copy(Lab.FAR), "show", "etcd/main@latest", "--output", "json")
                .run()
                .good()
                .out();
        var revision = REVISION.matcher(shown);
        assertThat(revision.find()).as(shown).isTrue();
        lab.controlPlane()
                .etcdctl("get", "", "--prefix", "--rev=" + revision.group(1), "--write-out=fields")
                .runInto(lab.folder().resolve(name + "-said"))
                .good();
        // Not the cluster's and the member's ids, nor its present revision.
        var lines = Files.readAllLines(lab.folder().resolve(name + "-said"), StandardCharsets.ISO_8859_1);
        Files.write(
                lab.folder().resolve(name),
                lines.stream()
                        .filter(line -> !line.matches("\"(ClusterID|MemberID|Revision|RaftTerm)\" : .*"))
                        .toList());
    }

    private static Path fingerprint(Lab lab, Path tree) {
        var file = lab.folder().resolve("fingerprint-of-" + tree.toString().replace('/', '-'));
        Command.of(Checkout.script("fingerprint.sh"), tree.toString())
                .runInto(file)
                .good();
        return file;
    }

    private static void fingerprintOfBrick(Lab lab, String name) {
        lab.gluster()
                .inside("node1", Checkout.script("fingerprint.sh"), "/media/brick0/brick")
                .runInto(lab.folder().resolve(name))
                .good();
    }

    private static void hideStaging(Lab lab) {
        Command.of("mv", lab.copy("staging").folder().toString(), lab.folder() + "/disks/cloud/gone")
                .run()
                .good();
    }

    private static void flip(Path file) throws IOException {
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(bytes.length() / 2);
            var old = bytes.read();
            bytes.seek(bytes.length() / 2);
            bytes.write(old ^ 1);
        }
    }

    private static void assertSame(Path before, Path after) throws IOException {
        if (Files.mismatch(before, after) != -1) {
            throw new AssertionError("it is not what it was:\n"
                    + Command.shell("diff \"$1\" \"$2\" | head -n 40 || true", before, after)
                            .run()
                            .out());
        }
    }
}
