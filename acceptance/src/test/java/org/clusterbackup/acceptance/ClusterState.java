package org.clusterbackup.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What the lab's cluster holds besides bricks: made, and written down so that two states can be compared. */
final class ClusterState {
    private static final Pattern REVISION = Pattern.compile("\"revision\"\\s*:\\s*(\\d+)");

    private ClusterState() {}

    /** Of each kind of key and object one, beside what a cluster has by itself. */
    static void fillControlPlane(Lab lab) {
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

    static void storeSaved(Lab lab) {
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
    static void fingerprintOfEtcd(Lab lab, String name) throws IOException {
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

    static Path fingerprint(Lab lab, Path tree) {
        var file = lab.folder().resolve("fingerprint-of-" + tree.toString().replace('/', '-'));
        Command.of(Checkout.script("fingerprint.sh"), tree.toString())
                .runInto(file)
                .good();
        return file;
    }

    /** Of the volume, through a client's mount; {@code busy} is written all the time. */
    static Path fingerprintOfVolume(Lab lab, String name) {
        return fingerprintOfVolume(lab.gluster(), "node1", lab.folder().resolve(name));
    }

    static Path fingerprintOfVolume(Gluster gluster, String server, Path file) {
        gluster.inside(server, "sh", "-euc", Checkout.script("fingerprint.sh") + " /mnt/global | grep -av '/busy$'")
                .runInto(file)
                .good();
        return file;
    }

    static void assertSame(Path before, Path after) throws IOException {
        if (Files.mismatch(before, after) != -1) {
            throw new AssertionError("it is not what it was:\n"
                    + Command.shell("diff \"$1\" \"$2\" | head -n 40 || true", before, after)
                            .run()
                            .out());
        }
    }
}
