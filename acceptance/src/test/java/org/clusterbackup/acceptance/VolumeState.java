package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;

/** What the lab's volume holds, and how its bricks stand to each other. */
final class VolumeState {
    private VolumeState() {}

    /** Of the volume, through a client's mount; {@code busy} is written all the time. */
    static Path fingerprint(Lab lab, String name) {
        return fingerprint(lab.gluster(), "node1", lab.folder().resolve(name));
    }

    static Path fingerprint(Gluster gluster, String server, Path file) {
        gluster.inside(server, "sh", "-euc", Checkout.script("fingerprint.sh") + " /mnt/global | grep -av '/busy$'")
                .runInto(file)
                .good();
        return file;
    }

    /** What a volume is told to do: an option, and a limit, which lies in glusterd's state and in an xattr of the folder. */
    static void makeSettings(Lab lab) {
        lab.gluster()
                .inside(
                        "node1",
                        "sh",
                        "-euc",
                        "gluster --mode=script volume set global performance.parallel-readdir on;"
                                + " gluster --mode=script volume quota global enable;"
                                + " gluster --mode=script volume quota global limit-usage /photos 400KB 60%")
                .run()
                .good();
    }

    /**
     * Ends quota, which the backup has then and the volume has not: with it GlusterFS 10.3 does not heal a folder away that was
     * removed while a brick was down.
     */
    static void liftLimits(Lab lab) {
        lab.gluster()
                .inside("node1", "gluster", "--mode=script", "volume", "quota", "global", "disable")
                .run()
                .good();
    }

    /** The volume's options and limits; that the limit, which is below what is used, holds is tried. */
    static Path settings(Gluster gluster, String server, Path file) {
        gluster.inside(
                        server,
                        "sh",
                        "-euc",
                        "gluster volume info global | sed -n '/^Options/,$p' | sort;"
                                + " gluster volume quota global list | awk '{ print $1, $2, $3 }';"
                                + " cd /mnt/global/photos; n=0; while head -c 100000 /dev/zero >more; do n=$((n + 1)); [ $n -lt 180 ]; sleep 0.5; done; rm -f more")
                .runInto(file)
                .good();
        return file;
    }

    /** Files that {@code docs/operations/files.md} speaks of. */
    static void makePhotos(Lab lab) {
        lab.gluster()
                .inside(
                        "node1",
                        "sh",
                        "-euc",
                        "cd /mnt/global; mkdir photos projects; for name in projects/plan.odt photos/cat.jpg photos/dog.jpg; do head -c 300000 /dev/urandom >$name; done;"
                                + " chown -R 1000:1000 photos; chmod 640 photos/cat.jpg; setfattr -n user.by -v me photos/dog.jpg; touch -d 2001-02-03 photos/*")
                .run()
                .good();
    }

    /** Also on a machine that does not know the volume: it asks the brick's partners. */
    static void refusesAnOldDumpBesideLivePartners(Lab lab) {
        var restored = lab.tool()
                .plain(lab.gluster()
                        .inside(
                                "node3",
                                "sh",
                                "-euc",
                                "image=$1; mkdir -p /mnt/elsewhere; truncate -s 400M \"$image\"; mkfs.xfs -q \"$image\"; mount -o loop \"$image\" /mnt/elsewhere;"
                                        + " trap 'umount /mnt/elsewhere; rm \"$image\"' EXIT; \"$2\" restore brick brick/global/5/node3@latest --to /mnt/elsewhere -r \"$3\"",
                                "sh",
                                lab.folder() + "/elsewhere.img",
                                Checkout.TOOL.toString(),
                                lab.copy(Lab.FAR).folder().toString())
                        .words())
                .run();

        assertThat(restored.exit()).as("%s", restored).isEqualTo(16);
        assertThat(restored.err()).contains("of volume global is alive");
    }

    /** Files that one brick of each set lacks, as its server was away when they were written. */
    static void pendingHeal(Lab lab) {
        lab.gluster().inside("node3", "pkill", "-x", "glusterfsd").run().good();
        lab.gluster()
                .inside(
                        "node1",
                        "sh",
                        "-euc",
                        "mkdir /mnt/global/pending; for i in 1 2 3 4 5 6 7 8; do echo $i >/mnt/global/pending/$i; done")
                .run()
                .good();
    }

    static void healed(Lab lab) {
        lab.gluster()
                .inside(
                        "node1",
                        "sh",
                        "-euc",
                        "pkill -f '[g]lobal/busy' || true; gluster --mode=script volume start global force")
                .run()
                .good();
        await().atMost(Runs.PATIENCE)
                .until(() -> lab.gluster()
                                .inside("node1", "gluster", "volume", "heal", "global", "info")
                                .run()
                                .out()
                                .lines()
                                .filter("Number of entries: 0"::equals)
                                .count()
                        == (long) lab.servers().size() * lab.sets());
    }

    static int files(Lab lab, String server, String brick) {
        return (int) lab.gluster()
                .inside(
                        server,
                        "find",
                        "/media/" + brick + "/brick",
                        "-path",
                        "*/.glusterfs/*",
                        "-prune",
                        "-o",
                        "-type",
                        "f",
                        "-print")
                .run()
                .good()
                .out()
                .lines()
                .count();
    }
}
