package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody mistyped or took for something else: the message says what was meant, perhaps. */
class SlipsTest {
    @TempDir
    Path folder = Path.of("unset");

    @Test
    void aMisspeltOptionIsLikeAnother() {
        var run = Invocation.of("keys", "generate", "--targte", "office", "keys");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("did you mean --target");
    }

    @Test
    void aMisspeltCommandIsLikeAnother() {
        assertThat(Invocation.of("restor").err()).contains("did you mean restore");
    }

    @Test
    void aSourceThatIsNewIsSaidWithTheOneItIsLike() throws Exception {
        var world = World.make(folder.resolve("world"), "none");
        var file = Files.writeString(folder.resolve("file"), "x").toString();

        var first = world.run("store", "--source", "database/shop", file);
        var again = world.run("store", "--source", "database/shop", file);
        var slip = world.run("store", "--source", "database/shpo", file);
        var other = world.run("store", "--source", "mail/office", file);

        assertThat(List.of(first.code(), again.code(), slip.code(), other.code()))
                .containsOnly(0);
        assertThat(first.err()).contains("new source database/shop\n");
        assertThat(again.err()).doesNotContain("new source");
        assertThat(slip.err()).contains("new source database/shpo; hint: there is database/shop\n");
        assertThat(other.err()).contains("new source mail/office\n");
    }

    @Test
    void likenessHasItsLimits() {
        assertThat(Likeness.closest("a", List.of("b", ""))).isEmpty();
        assertThat(Likeness.closest("", List.of())).isEmpty();
        assertThat(Likeness.closest("etcd/main", List.of("host/main", "etcd/mian", "etcd/other")))
                .isEqualTo(Optional.of("etcd/mian"));
        assertThat(Likeness.slips("kitten", "sitting")).isEqualTo(3);
    }

    @Test
    void aPathThatIsNotThereIsAMisuseAlsoInADryRun() throws Exception {
        var world = World.make(folder.resolve("world"), "none");
        var nowhere = folder.resolve("nowhere").toString();

        for (var run : List.of(
                world.run("store", "--source", "a/b", nowhere),
                world.run("store", "--source", "a/b", nowhere, "--dry-run"))) {
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains("no such file or folder: " + nowhere);
        }
    }

    @Test
    void anArtifactOfAnotherKindNamesItsCommand() throws Exception {
        var world = World.make(folder.resolve("world"), "none");
        world.storeBytes("etcd/main", ArtifactKind.ETCD, new byte[10]);

        for (var command : List.of("brick", "tree", "host-state")) {
            var run = world.run("restore", command, "etcd/main@latest", "--to", folder.toString());

            assertThat(run.code()).as(command).isEqualTo(2);
            assertThat(run.err()).contains("is of kind etcd, not ", "hint: 'clusterbackup restore etcd' is for those");
        }
    }

    @Test
    void keysThatAreNotThereAreNoKeys() throws Exception {
        var nowhere = folder.resolve("nowhere");
        var empty = Files.createDirectory(folder.resolve("empty"));

        var missing = Invocation.of("list", "-r", folder.toString(), "--keys", nowhere.toString());
        var without = Invocation.of("list", "-r", folder.toString(), "--keys", empty.toString());

        assertThat(missing.code()).isEqualTo(12);
        assertThat(missing.err()).contains("there is no directory of keys " + nowhere);
        assertThat(without.code()).isEqualTo(12);
        assertThat(without.err())
                .contains("allowed_signers: there is no such file")
                .doesNotContain("Exception");
    }

    @Test
    void anIdentityThatIsNotThereShowsNoJava() throws Exception {
        var world = World.make(folder.resolve("world"), "age");
        Files.delete(world.keys().resolve("identity.txt"));

        var run = Invocation.in(world.environment(), "keys", "check");

        assertThat(run.code()).isEqualTo(12);
        assertThat(run.err()).contains("identity.txt: there is no such file").doesNotContain("Exception");
    }

    @Test
    void anOptionsFileThatIsNotThereIsNoArgument() throws Exception {
        var missing = folder.resolve("Missing.options").toString();
        for (var command : List.of(List.of("list", "@" + missing), List.of("prune", "@" + missing, "--dry-run"))) {
            var run = Invocation.of(command.toArray(String[]::new));

            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains("there is no options file " + missing + "\n", "hint: ");
        }
        Files.writeString(Path.of(missing), "--keys " + folder.resolve("nowhere") + "\n");
        assertThat(Invocation.of("list", "@" + missing).code()).isEqualTo(12);
    }

    @Test
    void whatIsNoNameOfABucketIsAMisuse() {
        var world = World.make(folder.resolve("world"), "none");

        for (var bucket : List.of("x", "Backup", "a..b", "192.168.0.1", "a_b", "x".repeat(64), "-ab")) {
            var run = world.run("list", "-r", "s3:http://127.0.0.1:1/" + bucket, "--retry-for", "0");

            assertThat(run.code()).as(bucket).isEqualTo(2);
            assertThat(run.err().lines()).as(bucket).hasSizeLessThanOrEqualTo(2);
            assertThat(run.err())
                    .contains("'" + bucket + "' is no name of a bucket")
                    .doesNotContain("internal error");
        }
    }
}
