package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of targets, of sources and of keys that are not there, or of something else: that is said, and is no success. */
class NamesTest {
    private static final String SLIP = "misspelt*";

    @TempDir
    Path folder = Path.of("unset");

    private World world = new World(Path.of("unset"));

    @BeforeEach
    void aTree() throws Exception {
        world = World.make(folder.resolve("world"), "none");
        world.storeTree();
    }

    private Invocation init(String name, String... more) {
        var args = new String[5 + more.length];
        System.arraycopy(new String[] {"init", "-r", folder.resolve(name).toString(), "--name", name}, 0, args, 0, 5);
        System.arraycopy(more, 0, args, 5, more.length);
        return world.run(args);
    }

    @Test
    void aTargetWhoseLedgerNobodyMaySignIsWarnedOf() {
        var made = init("ofice", "--same-as", world.staging().toString());
        var looked = world.run("doctor", "-r", folder.resolve("ofice").toString());
        var good = world.run("doctor", "-r", world.target().toString());

        assertThat(made.code()).as(made.err()).isEqualTo(3);
        assertThat(made.err()).contains("nobody for ledger/ofice");
        assertThat(made.err()).doesNotContain("--same-as");
        assertThat(looked.code()).as(looked.err()).isEqualTo(3);
        assertThat(looked.text()).contains("nobody for ledger/ofice");
        assertThat(good.code()).as(good.text()).isZero();
    }

    @Test
    void aTargetThatIsNoCopyIsRemarkedOn() {
        var made = init("office", "--encryption", "none");

        assertThat(made.code()).as(made.err()).isZero();
        assertThat(made.err()).contains("without --same-as");
    }

    @Test
    void keysOfAnotherSiteAreTold() throws Exception {
        var others = World.make(Files.createDirectory(folder.resolve("others")), "none");

        var run = world.run("list", "--keys", others.keys().toString());

        assertThat(run.code()).isEqualTo(13);
        assertThat(run.err())
                .contains("its signer is unknown", "hint: these keys may not be of this repository", "--keys");
    }

    @Test
    void aPatternThatNothingMatchesIsWarnedOf() {
        var target = world.target().toString();
        var listed = world.run("list", "--source", SLIP);
        var pruned = world.run("prune", target, "--source", SLIP, "--keep-daily", "1", "--dry-run");

        assertThat(listed.code()).as(listed.err()).isEqualTo(3);
        assertThat(listed.err()).contains("no artifact of a source " + SLIP);
        assertThat(pruned.code()).as(pruned.err()).isEqualTo(3);
        assertThat(pruned.err()).contains("no artifact of a source " + SLIP);
    }

    @Test
    void aPatternThatSomethingMatchesIsNotWarnedOf() {
        world.run("copy", world.staging().toString(), world.target().toString());

        var listed = world.run("list", "--source", "provisioner/*");
        var pruned = world.run(
                "prune", world.target().toString(), "--source", "provisioner/*", "--keep-daily", "1", "--dry-run");

        assertThat(listed.code()).as(listed.err()).isZero();
        assertThat(pruned.code()).as(pruned.err()).isZero();
    }

    @Test
    void aSourceThatIsNotThereIsNotRetired() {
        var refused = world.run("sources", "retire", "provisioner/sit");
        var known = world.run("sources", "retire", World.TREE);
        var wanted = world.run("sources", "retire", "provisioner/sit", "--unknown");

        assertThat(refused.code()).as(refused.err()).isEqualTo(1);
        assertThat(refused.err()).contains("no source provisioner/sit", "--unknown");
        assertThat(known.code()).as(known.err()).isZero();
        assertThat(wanted.code()).as(wanted.err()).isZero();
        assertThat(wanted.text()).isEqualTo("retired/provisioner/sit\n");
    }

    @Test
    void theNameOfASourceIsNoArtifact() {
        var shown = world.run("show", World.TREE);
        var restored = world.run(
                "restore", "tree", World.TREE, "--to", folder.resolve("to").toString());
        var missing = world.run("show", "provisioner/none");

        for (var run : new Invocation[] {shown, restored}) {
            assertThat(run.code()).as(run.err()).isEqualTo(2);
            assertThat(run.err()).contains("hint: say " + World.TREE + "@latest");
        }
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.err()).contains("no artifact provisioner/none").doesNotContain("@latest");
    }

    @Test
    void filesAndHostsThatAreNotThereAreSaidInPlainWords() throws Exception {
        var keys = world.keys();
        Files.delete(keys.resolve("signing/operator"));
        var known = Files.createFile(folder.resolve("known_hosts")).toString();

        var unsigned = init("office", "--encryption", "none");
        var far = world.run(
                "list", "-r", "sftp://nobody@127.0.0.1:1/srv", "--ssh-known-hosts", known, "--retry-for", "0");
        var credential = world.run(
                "list",
                "-r",
                "s3:http://127.0.0.1:1/bucket",
                "--s3-access-key-id-file",
                "none",
                "--s3-key-file",
                "none");
        var closed = world.run("list", "-r", "s3:http://127.0.0.1:1/bucket", "--retry-for", "0");

        assertThat(unsigned.code()).isEqualTo(12);
        assertThat(unsigned.err()).contains("signing/operator: there is no such file", "--signing-key");
        assertThat(far.code()).isEqualTo(17);
        assertThat(far.err()).contains("cannot reach 127.0.0.1:1: connection refused");
        assertThat(credential.code()).isEqualTo(2);
        assertThat(credential.err()).contains("none: there is no such file");
        assertThat(closed.code()).isEqualTo(17);
        for (var run : new Invocation[] {unsigned, far, credential, closed}) {
            assertThat(run.err()).doesNotContain("Exception", "Future");
        }
    }

    @Test
    void aDryCopySaysWhatIsThereAndHowMuchIsNot() throws Exception {
        String[] dry = {"copy", world.staging().toString(), world.target().toString(), "--dry-run", "--output", "json"};
        var before = world.run(dry);
        world.run("copy", world.staging().toString(), world.target().toString());
        var after = world.run(dry);

        assertThat(before.code()).as(before.err()).isZero();
        assertThat(before.text()).contains("\"would copy\"").doesNotContain("\"bytesCopied\" : 0");
        assertThat(after.text()).contains("\"present\"", "\"bytesCopied\" : 0").doesNotContain("\"bytesPresent\" : 0");
    }
}
