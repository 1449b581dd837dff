package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.clusterbackup.etcd.Member;
import org.clusterbackup.etcd.testing.EtcdCluster;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code recover run} as a process of its own, killed in the middle of each kind of step that restores, and run again. */
class RecoverKilledIT {
    private static final String NODE = "node-a";

    private static final String FILL = """
            setfattr -n trusted.glusterfs.volume-id -v 0x6e6f7468696e67206865726520746f20 .
            for i in $(seq 20); do head -c 100000 /dev/urandom >file$i; ln file$i .glusterfs/aa/bb/$i; done
            sha256sum file* >"$home/brick.sums"
            """;

    /** Stands for a program: reads some of what it gets, lets the program work on that, says so and does nothing more. */
    private static final String STOPPING = """
            #!/bin/sh
            if [ -e FOLDER/stop-NAME ]; then
              case NAME in etcdutl) [ "$2" = restore ] || exec PROGRAM "$@"; [ "$3" != --help ] || exec PROGRAM "$@" ;; esac
              head -c 300000 | PROGRAM "$@"
              : >FOLDER/stopped && exec sleep 1000
            fi
            if [ -e FOLDER/meet-NAME ]; then
              touch FOLDER/here-$$ && n=0
              until [ "$(ls FOLDER | grep -c ^here-)" -ge 2 ]; do n=$((n + 1)); [ $n -lt 300 ] || exit 1; sleep 0.1; done
            fi
            exec PROGRAM "$@"
            """;

    @TempDir
    static Path shared = Path.of("unset");

    private static World world = new World(Path.of("unset"));
    private static Path mounts = Path.of("unset");

    @TempDir
    Path folder = Path.of("unset");

    @BeforeAll
    static void backUp() throws Exception {
        world = World.make(Files.createDirectories(shared.resolve("world")), "age");
        mounts = shared.resolve("media");
        var dump = BrickDump.make(shared, "brick", FILL).file();
        for (var index = 0; index < 2; index++) {
            try (var stream = Files.newInputStream(dump)) {
                world.store("brick/gv0/" + index + "/" + NODE, ArtifactKind.BRICK, stream, brick(index));
            }
        }
        try (var etcd = EtcdCluster.start(shared.resolve("etcd"), 1)) {
            etcd.fill("/x/", 5, 1000);
            try (var taken = Member.open(etcd.cluster().endpoints().getFirst(), etcd.access())
                    .snapshot()) {
                world.storeBytes("etcd/main", ArtifactKind.ETCD, taken.stream().readAllBytes());
            }
        }
        world.storeTree();
        world.enterRecoveryPoint("nightly");
    }

    /** Of a volume of two bricks, both on one server, without replicas. */
    private static ObjectNode brick(int index) {
        var details = BrickDump.details("gv0", index, 0);
        details.put("replicaCount", 1)
                .put("volumeType", "Distribute")
                .put("brickHost", NODE)
                .put("serverUuid", "1d6f0f3c-8c7e-4a5b-9a0e-2f1a6d7b3c44")
                .put("mountPoint", mounts.resolve("b" + index).toString())
                .put("brickPath", mounts.resolve("b" + index + "/brick").toString());
        for (var each = 0; each < 2; each++) {
            details.withArray("bricks")
                    .addObject()
                    .put("host", NODE)
                    .put("path", mounts.resolve("b" + each + "/brick").toString())
                    .put("server", "1d6f0f3c-8c7e-4a5b-9a0e-2f1a6d7b3c44");
        }
        return details;
    }

    @BeforeEach
    void planAndPrograms() throws Exception {
        BrickDump.shell(folder, "mkdir bin; truncate -s 400M disk0 disk1");
        program("clusterbackup", "#!/bin/sh\nexec " + String.join(" ", java()) + " \"$@\"\n");
        for (var name : List.of("xfsrestore", "tar", "etcdutl")) {
            var program = name.equals("etcdutl")
                    ? EtcdCluster.programs().resolve(name).toString()
                    : BrickDump.shell(folder, "command -v " + name).strip();
            program(
                    name,
                    STOPPING.replace("FOLDER", folder.toString())
                            .replace("NAME", name)
                            .replace("PROGRAM", program));
        }
        var plan = world.run(
                "recover",
                "plan",
                "full",
                "--output",
                "json",
                "-r",
                world.target().toString(),
                "--device",
                NODE + ":" + mounts.resolve("b0") + "=" + folder.resolve("disk0"),
                "--device",
                NODE + ":" + mounts.resolve("b1") + "=" + folder.resolve("disk1"));
        assertThat(plan.code()).as(plan.err()).isZero();
        Files.write(folder.resolve("plan.json"), plan.out());
    }

    @AfterEach
    void unmount() throws IOException {
        BrickDump.shell(folder, "for b in " + mounts + "/b*; do if mountpoint -q $b; then umount $b; fi; done");
    }

    private void program(String name, String text) throws IOException {
        var file = Files.writeString(folder.resolve("bin").resolve(name), text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "org.clusterbackup.cli.Main");
    }

    private Process run(String as, String... more) throws IOException {
        var command = new ArrayList<>(java());
        command.addAll(List.of("recover", "run", "plan.json", "--as", as, "--format", "--state", "state"));
        command.addAll(Arrays.asList(more));
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().putAll(world.environment());
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        return builder.start();
    }

    private void succeeds(String as, String... more) throws Exception {
        assertThat(run(as, more).waitFor())
                .as(Files.readString(folder.resolve("log")))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "node-a, brick-node-a-gv0-0, xfsrestore",
        "operator, etcd-main, etcdutl",
        "operator, tree-provisioner-site, tar"
    })
    void aStepThatWasKilledBeginsAnew(String as, String step, String program) throws Exception {
        // Given a run that is killed while the step's program has done some of its work
        Files.createFile(folder.resolve("stop-" + program));
        var killed = run(as, "--only", step);
        await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(folder.resolve("stopped")) || !killed.isAlive());
        assertThat(killed.isAlive()).as(Files.readString(folder.resolve("log"))).isTrue();
        var left = killed.descendants().toList();
        killed.destroyForcibly().waitFor();
        assertThat(left).isNotEmpty().allMatch(ProcessHandle::isAlive);
        Files.delete(folder.resolve("stop-" + program));

        // When it is run again
        succeeds(as, "--only", step);

        // Then nothing works on from before, and what is there is whole
        assertThat(folder.resolve("log")).content().contains("ended what an earlier run had left");
        assertThat(left).noneMatch(ProcessHandle::isAlive);
        requireRestored(step);

        // When only the note that it is done is lost, what is there makes way
        if (as.equals("operator")) {
            Files.delete(onlyIn(folder.resolve("state"), ".done"));
            succeeds(as, "--only", step);
            requireRestored(step);
        }
    }

    private static Path onlyIn(Path folder, String suffix) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private void requireRestored(String step) throws IOException {
        switch (step) {
            case "etcd-main" ->
                BrickDump.shell(
                        folder,
                        "test -s restored/etcd-main/default/member/snap/db; [ \"$(ls -A restored/etcd-main)\" = default ]");
            case "tree-provisioner-site" ->
                BrickDump.shell(
                        folder,
                        "diff -r \"$(find restored/provisioner-site -name deep)\" "
                                + world.root().resolve("tree/deep") + "; [ ! -e restored/.part-provisioner-site ]");
            default -> requireBrick(0);
        }
    }

    private static void requireBrick(int index) throws IOException {
        BrickDump.shell(
                mounts.resolve("b" + index + "/brick"),
                "sha256sum --quiet -c " + shared.resolve("brick.sums")
                        + "; [ \"$(stat -c %h file1)\" = 2 ]; [ ! -e ../DO-NOT-USE* ]");
    }

    @Test
    void bricksAreRestoredSideBySide() throws Exception {
        // Given an xfsrestore that begins only when another has, too
        Files.createFile(folder.resolve("meet-xfsrestore"));

        succeeds(NODE, "--only", "brick-node-a-gv0-0", "--only", "brick-node-a-gv0-1", "--parallel", "2");

        requireBrick(0);
        requireBrick(1);
    }

    @Test
    void nothingIsBuiltOnWhatNoLongerHolds() throws Exception {
        // Given a brick that is restored, and a machine that was started again
        String[] both = {"--only", "brick-node-a-gv0-0", "--only", "brick-node-a-gv0-1"};
        succeeds(NODE, "--only", "brick-node-a-gv0-0");
        BrickDump.shell(folder, "umount " + mounts.resolve("b0"));

        // When the next is to be restored
        assertThat(run(NODE, both).waitFor()).isEqualTo(1);

        // Then it is told, and once mended it goes on
        assertThat(folder.resolve("log")).content().contains("no longer holds", "--again brick-node-a-gv0-0");
        BrickDump.shell(folder, "mount -o loop disk0 " + mounts.resolve("b0"));
        succeeds(NODE, both);
        requireBrick(0);
        requireBrick(1);
    }
}
