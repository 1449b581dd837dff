package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.clusterbackup.events.ArtifactReady;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** From a request to two proved recovery points, and from one target alone back to the brick. Each test goes on from the one before. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WalkingPathIT {
    @RegisterExtension
    static final LabExtension LAB = new LabExtension(new Lab.Options("walking-path", true, false));

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
        assertThat(runs.ready(run)).hasSize(Runs.SOURCES.size());
    }

    @Test
    @Order(2)
    void targetsAreWholeWithoutBrokerAndStaging() {
        // Given that nothing but the targets is left
        var lab = LAB.get();
        fingerprintOfBrick(lab, "before");
        for (var name : List.of(
                "brick-agent-node1", "brick-agent-node2", "shipper-far", "shipper-cloud", "scheduler", "kafka")) {
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
        lab.component("s3").stop();
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
    @Order(5)
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
            throw new AssertionError("the brick is not what it was:\n"
                    + Command.shell("diff \"$1\" \"$2\" | head -n 40 || true", before, after)
                            .run()
                            .out());
        }
    }
}
