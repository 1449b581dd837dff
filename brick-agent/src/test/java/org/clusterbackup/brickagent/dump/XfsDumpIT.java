package org.clusterbackup.brickagent.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.clusterbackup.brickagent.LoopXfs;
import org.clusterbackup.brickagent.Shell;
import org.clusterbackup.brickagent.child.Gentleness;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real xfsdump over a real XFS, alive, killed, and cut. */
class XfsDumpIT {
    private static final UUID VOLUME = UUID.fromString("a48cbed2-64f2-4f29-9a74-ba2febc5d269");

    /** Everything that a brick may hold: names of any bytes, links, holes, devices, ACLs, attributes of all namespaces. */
    private static final String FILES = """
            cd brick
            mkdir -p .glusterfs/00 dir; printf 'caf\\351' >$'dir/not-utf8-\\351\\377'; printf x >$'dir/with\\nnewline'
            head -c 3000000 /dev/urandom >dir/big; ln dir/big .glusterfs/00/hardlink; ln -s ../dir/big link
            truncate -s 50M dir/sparse; printf end | dd of=dir/sparse bs=1 seek=20000000 conv=notrunc status=none
            setfattr -n trusted.gfid -v 0x00112233445566778899aabbccddeeff dir/big; setfattr -n user.colour -v blue dir
            setfacl -m u:1234:rwx dir/big; mkdir inherit; setfacl -d -m g:4321:rx inherit; echo x >inherit/file; mknod dir/null c 1 3; mkfifo dir/fifo
            chown 1000:1001 dir/big; chmod 4751 dir/big; touch -d '2001-02-03 04:05:06' dir/big
            for i in $(seq 300); do echo "file $i" >dir/small-$i; done
            """;

    private static final String LISTING = """
            cd brick
            find . -mindepth 1 \\( -type d -printf '%P %y %m %U %G %n\\n' -o -type l -printf '%P -> %l\\n' -o -printf '%P %y %m %U %G %s %n %Ts\\n' \\) | LC_ALL=C sort
            find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
            find . -mindepth 1 -print0 | LC_ALL=C sort -z | xargs -0 getfattr -h -d -m - -e hex 2>/dev/null || true
            find . -mindepth 1 ! -type l -print0 | LC_ALL=C sort -z | xargs -0 getfacl -n 2>/dev/null
            """;

    private final Path folder;
    private final LoopXfs xfs;

    XfsDumpIT(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.xfs = LoopXfs.create(folder, "b0");
        xfs.brick(VOLUME);
        xfs.run(FILES);
    }

    @AfterEach
    void unmount() {
        xfs.close();
    }

    private XfsDump start() throws BackupException {
        return XfsDump.start(xfs.point(), "brick/gv0/0/node-a", Gentleness.NONE);
    }

    private static void drain(XfsDump dump) throws IOException {
        dump.stream().transferTo(OutputStream.nullOutputStream());
    }

    @Test
    void dumpRestoresEverything() throws IOException, BackupException {
        try (var dump = start();
                var file = Files.newOutputStream(folder.resolve("dump"))) {
            dump.stream().transferTo(file);
            dump.requireComplete();
        }

        try (var restored = LoopXfs.create(folder, "b1")) {
            restored.run("xfsrestore -F -J -f ../dump . >/dev/null 2>&1; rm -rf xfsrestorehousekeepingdir");

            xfs.run("{ " + LISTING + "\n} >../before");
            restored.run("{ " + LISTING + "\n} >../after");
            assertThat(Shell.run(folder, "diff -a before after | head -20 || true"))
                    .isEmpty();
        }
    }

    @Test
    void fileSystemThatChangesWhileItIsDumpedGivesACompleteDump() throws Exception {
        xfs.run(
                "cd brick; head -c 100000000 /dev/urandom >stays; for i in $(seq 60); do head -c 2000000 /dev/urandom >dir/m-$i; done");
        var stop = new AtomicBoolean();
        var rounds = new AtomicInteger();
        var churn = new FutureTask<>(() -> churn(stop, rounds), rounds);
        Thread.ofPlatform().start(churn);
        try (var dump = start()) {
            // Changes are made between two bytes of the dump.
            dump.stream().readNBytes(1 << 20);
            var before = rounds.get();
            await().atMost(Duration.ofMinutes(1)).until(() -> rounds.get() > before + 1 || churn.isDone());
            assertThat(rounds.get()).isGreaterThan(before);
            drain(dump);
            stop.set(true);

            dump.requireComplete();

            assertThat(dump.bytes()).isGreaterThan(100_000_000);
            assertThat(dump.estimate()).isPresent();
        } finally {
            stop.set(true);
            churn.get();
        }
    }

    private void churn(AtomicBoolean stop, AtomicInteger rounds) {
        for (var i = 0; !stop.get(); i = (i + 1) % 60) {
            xfs.run("cd brick/dir; rm -f m-" + (60 - i) + " small-" + (i * 5) + "; echo new >new-" + i + "; mv -f new-"
                    + i + " renamed-" + i + "; mkdir -p d" + i + "; rmdir d" + i);
            rounds.incrementAndGet();
        }
    }

    @Test
    void killedDumpIsNotComplete() throws IOException, BackupException {
        try (var dump = start()) {
            dump.stream().readNBytes(100_000);
            Shell.run(folder, "kill -9 " + dump.pid());
            drain(dump);

            var refusal = assertThrows(BackupException.class, dump::requireComplete);

            assertThat(refusal.kind()).isEqualTo(Kind.SOURCE_INCOMPLETE);
            assertThat(refusal).hasMessageContaining("exit code 137");
        }
    }

    @Test
    void dumpThatWasNotReadToItsEndIsNotComplete() throws IOException, BackupException {
        try (var dump = start()) {
            dump.stream().readNBytes(1000);

            assertThat(assertThrows(BackupException.class, dump::requireComplete))
                    .hasMessageContaining("not read to its end");
        }
    }

    @Test
    void cancelledDumpEndsSoonAndIsNotComplete() throws IOException, BackupException {
        try (var dump = start()) {
            dump.stream().readNBytes(1000);
            dump.cancel();
            drain(dump);

            assertThat(assertThrows(BackupException.class, dump::requireComplete))
                    .hasMessageContaining("cancelled");
        }
    }

    @Test
    void closedDumpLeavesNoProcess() throws IOException, BackupException {
        var dump = start();
        dump.stream().readNBytes(1000);

        dump.close();

        assertThat(ProcessHandle.of(dump.pid()).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void fileSystemThatShutsDownWhileItIsDumpedGivesNoCompleteDump() throws IOException, BackupException {
        xfs.run(
                "cd brick; for i in $(seq 100); do head -c 2000000 /dev/urandom >dir/m-$i; done; sync; cd ..; mount -o remount .;"
                        + " echo 3 >/proc/sys/vm/drop_caches");
        try (var dump = start()) {
            dump.stream().readNBytes(10_000_000);
            xfs.run("xfs_io -x -c shutdown .");
            drain(dump);

            assertThat(assertThrows(BackupException.class, dump::requireComplete)
                            .kind())
                    .isEqualTo(Kind.SOURCE_INCOMPLETE);
        }
    }

    @Test
    void folderInsteadOfAMountPointIsRefusedWithWhatXfsdumpSaid() throws IOException, BackupException {
        try (var dump = XfsDump.start(xfs.point().resolve("brick"), "x", Gentleness.NONE)) {
            drain(dump);

            assertThat(assertThrows(BackupException.class, dump::requireComplete))
                    .hasMessageContaining("exit code 1")
                    .hasMessageContaining("does not identify a file system")
                    .hasMessageNotContaining("blocksize");
        }
    }

    @Test
    void limitedDumpIsNotFasterThanItsLimit() throws IOException, BackupException {
        var began = System.nanoTime();

        try (var dump = XfsDump.start(xfs.point(), "x", new Gentleness(Gentleness.IoClass.IDLE, 10, 2_000_000))) {
            drain(dump);
            dump.requireComplete();

            var seconds = (System.nanoTime() - began) / 1e9;
            assertThat(dump.bytes() / seconds).isLessThan(4_000_000);
        }
    }

    @Test
    void rootOfTheBrickIsKeptAsText() throws BackupException {
        xfs.run("chown 33:44 brick; chmod 2755 brick");

        var root = BrickRoot.of(xfs.point().resolve("brick"));

        assertThat(root.text(Path.of("/b 0")))
                .isEqualTo(
                        "chmod 2755 '/b 0'\nchown 33:44 '/b 0'\nsetfattr -n trusted.glusterfs.volume-id -v 0xa48cbed264f24f299a74ba2febc5d269 '/b 0'\n");
    }
}
