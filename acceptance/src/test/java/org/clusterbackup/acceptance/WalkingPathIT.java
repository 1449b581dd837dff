package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.clusterbackup.events.ArtifactReady;
import org.clusterbackup.events.DrillEntered;
import org.clusterbackup.events.RecoveryPointReached;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From a request to two proved recovery points, and from one target alone back to the brick. Each test goes on from the one before. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WalkingPathIT {
    @RegisterExtension
    static final LabExtension LAB =
            new LabExtension(new Lab.Options("walking-path", true, false, true, List.of("node1", "node2", "node3"), 2));

    private static final AtomicReference<@Nullable Disaster> DISASTER = new AtomicReference<>();
    private static final String BRICK = "brick/global/0/node1";

    @AfterAll
    static void writeRecoveryTimes() {
        disaster().write(Path.of("target", "recovery-times.txt"));
    }

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
        lab.gluster()
                .inside("node1", "sh", "-c", "(while sleep 0.1; do date >>/mnt/global/busy; done) >/dev/null 2>&1 &")
                .run()
                .good();
        VolumeState.makePhotos(lab);
        VolumeState.makeSettings(lab);
        VolumeState.pendingHeal(lab);
        runs.awaitSources();
        ClusterState.fillControlPlane(lab);
        ClusterState.storeSaved(lab);

        VolumeState.settings(lab.gluster(), "node1", lab.folder().resolve("settings-before"));
        VolumeState.fingerprint(lab, "volume-before");

        // When a person asks for a backup
        var mark = lab.events().mark();
        lab.kcat("backup-requested", "{}");

        // Then both targets have all of it, proved
        var run = lab.events()
                .awaitEvent(
                        mark,
                        ArtifactReady.class,
                        ready -> ready.run()
                                .filter(name -> name.startsWith("manual-0-"))
                                .isPresent(),
                        Runs.PATIENCE)
                .run()
                .orElseThrow();
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
        VolumeState.liftLimits(lab);
    }

    @Test
    @Order(2)
    void aDrillIsEnteredByTheShipperThatCannotDecrypt() {
        // Given a machine of the operator's with the keys and etcd's programs
        var lab = LAB.get();
        var runbook = Runbook.of("drill.md");
        disaster().follow("drill", runbook, "Quickly: does the identity still open it?", lab.copy(Lab.FAR));

        // When
        var said = disaster().follow("drill", runbook, "The drill", lab.copy(Lab.FAR));

        // Then everything came back, and all that hear of it know
        assertThat(said.lines().filter(line -> line.contains(" restored ")))
                .hasSizeGreaterThan(lab.sources().size());
        var entered = lab.events()
                .awaitEvent(DrillEntered.class, event -> event.target().equals(Lab.FAR), Runs.PATIENCE);
        assertThat(entered.entry()).contains("\"ok\":true").contains("\"whole\":true");
        assertThat(disaster().follow("drill", runbook, "What is left of it", lab.copy(Lab.FAR)))
                .contains("last drill: of ", ", good");
        // That is NodeIT's.
        assertThat(runbook.left()).containsExactly("In another cluster");
    }

    @Test
    @Order(3)
    void prometheusKnowsEachMetricThatRulesAndDashboardsAskForAndIsContent() {
        var watch = new Watch(LAB.get());
        watch.tellsThatNobodyIsThere();
        watch.isContent();
    }

    @Test
    @Order(4)
    void lostFilesComeBackThroughTheMount() throws IOException {
        var lab = LAB.get();
        VolumeState.healed(lab);
        VolumeState.fingerprint(lab, "volume-with-files");
        lab.gluster()
                .inside("node1", "sh", "-euc", "cd /mnt/global; rm -r projects photos")
                .run()
                .good();

        disaster().follow("three files", Runbook.of("files.md"), lab.copy(Lab.CLOUD));

        // Then all is as it was, but for the time of the root, where something was made
        var before = lab.folder().resolve("volume-with-files");
        var after = VolumeState.fingerprint(lab, "volume-after-files");
        Command.shell("sed -i '/ - [.]$/d' \"$1\" \"$2\"", before, after).run().good();
        ClusterState.assertSame(before, after);
    }

    @Test
    @Order(5)
    void aLostBrickIsHealedByItsPartners() throws IOException {
        // Given a file that is younger than the backup, and a brick's disk that is lost
        var lab = LAB.get();
        lab.gluster()
                .inside("node1", "sh", "-euc", "echo later >/mnt/global/later")
                .run()
                .good();
        VolumeState.fingerprint(lab, "volume-later");
        lab.component("brick-agent-node3").stop();
        lab.gluster()
                .inside(
                        "node3",
                        "sh",
                        "-euc",
                        "kill -9 $(cat /run/gluster/vols/global/*media-brick1*.pid); umount -l /media/brick1")
                .run()
                .good();
        disaster().replaceDisk("node3", "brick1");
        VolumeState.refusesAnOldDumpBesideLivePartners(lab);

        // When
        disaster().follow("one brick", Runbook.of("one-brick.md"), lab.copy(Lab.FAR));

        // Then nothing is lost or old
        ClusterState.assertSame(
                lab.folder().resolve("volume-later"), VolumeState.fingerprint(lab, "volume-after-brick"));
        assertThat(VolumeState.files(lab, "node3", "brick1")).isEqualTo(VolumeState.files(lab, "node2", "brick1"));
    }

    @Test
    @Order(6)
    void aLostServerComesBackAndIsHealed() throws IOException {
        var lab = LAB.get();
        lab.component("brick-agent-node2").stop();
        disaster().replaceServer("node2");

        disaster().follow("one node", Runbook.of("one-node.md"), lab.copy(Lab.CLOUD));

        ClusterState.assertSame(
                lab.folder().resolve("volume-later"), VolumeState.fingerprint(lab, "volume-after-node"));
        assertThat(VolumeState.files(lab, "node2", "brick0")).isEqualTo(VolumeState.files(lab, "node1", "brick0"));
    }

    @Test
    @Order(7)
    void targetsAreWholeWithoutBrokerAndStaging() throws IOException {
        // Given that nothing but the targets is left
        var lab = LAB.get();
        lab.controlPlane().fingerprint(lab.folder().resolve("kubernetes-before"));
        ClusterState.fingerprintOfEtcd(lab, "etcd-before");
        for (var name : List.of(
                "etcd-agent",
                "k8s-dumper",
                "brick-agent-node1",
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
        disaster().hideStaging();

        // Then both are whole
        for (var target : List.of(Lab.FAR, Lab.CLOUD)) {
            lab.tool().on(lab.copy(target), "verify", "--read-data").run().good();
        }
    }

    @Test
    @Order(8)
    void theSshTargetAloneGivesTheVolumeBack() throws IOException {
        volumeComesBack(Lab.FAR);
    }

    @Test
    @Order(9)
    @Tag("full")
    void theS3TargetAloneGivesTheVolumeBack() throws IOException {
        volumeComesBack(Lab.CLOUD);
    }

    private static void volumeComesBack(String target) throws IOException {
        // Given that all servers are gone, with state and disks
        var lab = LAB.get();
        lab.servers().forEach(disaster()::replaceServer);

        // When each does what the page has for it
        var runbook = Runbook.of("full-recovery.md");
        disaster().follow("everything", runbook, "Look", lab.copy(target));
        disaster().follow("everything", runbook, "Servers", lab.copy(target));

        // Then every name, byte, mode, owner, time, xattr and ACL is as it was, and files can be written
        lab.gluster().mount("node1");
        ClusterState.assertSame(
                lab.folder().resolve("volume-before"), VolumeState.fingerprint(lab, "volume-after-" + target));
        ClusterState.assertSame(
                lab.folder().resolve("settings-before"),
                VolumeState.settings(lab.gluster(), "node1", lab.folder().resolve("settings-after-" + target)));
        lab.gluster()
                .inside("node1", "sh", "-euc", "echo new >/mnt/global/new; cat /mnt/global/new; rm /mnt/global/new")
                .run()
                .good();
    }

    @Test
    @Order(10)
    void theSshTargetAloneGivesEtcdBack() throws IOException {
        // Given that all members are gone, with their data
        var lab = LAB.get();
        var plane = lab.controlPlane();
        var members = new StringBuilder();
        plane.memberOptions()
                .forEach(option -> members.append("--member\n").append(option).append('\n'));
        Files.writeString(disaster().desk().resolve("members.options"), members);
        disaster().follow("everything", Runbook.of("full-recovery.md"), "etcd and Kubernetes", lab.copy(Lab.FAR));

        // When
        var runbook = Runbook.of("etcd.md");
        var said = disaster().follow("etcd", runbook, "Restore", lab.copy(Lab.FAR));
        var cluster = said.lines()
                .flatMap(line -> Arrays.stream(line.split(" ", -1)))
                .filter(word -> word.startsWith("--initial-cluster"))
                .distinct()
                .toList();
        plane.startEtcd("restored-etcd-", disaster().desk().resolve("restored-etcd"), cluster);

        // Then every key has its value, revisions, version and lease
        ClusterState.fingerprintOfEtcd(lab, "etcd-after");
        ClusterState.assertSame(
                lab.folder().resolve("etcd-before"), lab.folder().resolve("etcd-after"));
        assertThat(disaster().follow("etcd", runbook, "Only some keys", lab.copy(Lab.FAR)))
                .contains("/leased\n")
                .endsWith("value\n");
    }

    @Test
    @Order(11)
    void theS3TargetAloneGivesTheObjectsOfKubernetesBack() throws IOException {
        // Given an empty cluster
        var lab = LAB.get();
        var plane = lab.controlPlane();
        plane.startEmptyCluster();

        // When
        disaster().follow("kubernetes", Runbook.of("kubernetes.md"), lab.copy(Lab.CLOUD));

        // Then each object is as it was, and the artifact's list names every one of them
        var after = lab.folder().resolve("kubernetes-after");
        plane.fingerprint(after);
        ClusterState.assertSame(lab.folder().resolve("kubernetes-before"), after);
        var listed = lab.tool()
                .on(lab.copy(Lab.CLOUD), "kubernetes", "show", "kubernetes/main@latest")
                .run()
                .good()
                .out();
        assertThat(listed).contains("backups.example.org").contains("immutable");
    }

    @Test
    @Order(12)
    void theSshTargetAloneGivesTheProvisionersFilesBack() throws IOException {
        var lab = LAB.get();
        var runbook = Runbook.of("full-recovery.md");

        disaster().follow("everything", runbook, "Provisioner", lab.copy(Lab.FAR));

        var to = disaster().desk().resolve("restored/provisioner-saved");
        var saved = lab.folder().resolve("saved");
        ClusterState.assertSame(
                ClusterState.fingerprint(lab, saved), ClusterState.fingerprint(lab, Path.of("" + to + saved)));
    }

    @Test
    @Order(13)
    void standardToolsGiveABrickBackAsThePageAtTheTargetSays() throws IOException {
        new StandardTools(LAB.get()).giveBack(BRICK);
    }

    @Test
    @Order(14)
    @Tag("full")
    void theSshTargetAloneGivesTheVolumeOtherNames() throws IOException {
        new OtherServers(LAB.get(), disaster()).takeOver();
    }

    @Test
    @Order(15)
    @Tag("full")
    void lostKeysAreReplaced() {
        var lab = LAB.get();
        var copy = lab.folder().resolve("copy-for-keys");
        var keys = lab.folder().resolve("keys-to-lose");
        Command.shell(
                        "cp -a \"$1\" \"$2\"; cp -a \"$3\" \"$4\"",
                        lab.copy(Lab.FAR).folder(),
                        copy,
                        lab.keys(),
                        keys)
                .run()
                .good();

        disaster()
                .follow(
                        "lost keys",
                        Runbook.of("lost-keys.md"),
                        lab.copy(Lab.FAR),
                        Map.of("REPOSITORY", "" + copy, "KEYS", "" + keys));
    }

    @Test
    @Order(16)
    void aLostTargetIsFilledFromAnotherOne() {
        var lab = LAB.get();
        var made = lab.folder().resolve("new-target");

        disaster()
                .follow(
                        "lost target",
                        Runbook.of("lost-target.md"),
                        lab.copy(Lab.CLOUD),
                        Map.of("STANDING", lab.copy(Lab.CLOUD).url(), "NEW", "" + made, "NAME", Lab.FAR));

        lab.tool().command("verify", "--read-data", "-r", "" + made).run().good();
    }

    @Test
    @Order(17)
    void oneOtherByteAtATargetIsNamed() throws IOException {
        // Given one byte of one pack that is not what it was
        var lab = LAB.get();
        var far = lab.copy(Lab.FAR);
        var pack = far.packs().keySet().stream().sorted().findFirst().orElseThrow();
        Copy.flip(far.pack(pack));

        // When
        var verified = lab.tool().on(far, "verify", "--read-data").run();

        // Then
        assertThat(verified.exit()).as("%s", verified).isEqualTo(14);
        assertThat(verified.out() + verified.err()).contains(pack);
    }

    private static Disaster disaster() {
        return DISASTER.updateAndGet(known -> known == null ? new Disaster(LAB.get()) : known);
    }
}
