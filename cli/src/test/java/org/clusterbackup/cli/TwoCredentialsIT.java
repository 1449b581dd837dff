package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.clusterbackup.repository.store.S3Keys;
import org.clusterbackup.repository.store.testing.S3Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two places at S3, whose servers know nothing of each other's users. */
class TwoCredentialsIT {
    @TempDir
    Path folder = Path.of("unset");

    @Test
    void aTargetIsMadeAndFilledFromAPlaceOfAnotherCredential() throws Exception {
        var oldBuckets = Files.createDirectory(folder.resolve("buckets"));
        var world = World.make(oldBuckets, "none");
        world.storeTree();
        try (var old = S3Server.versitygw(Files.createDirectory(folder.resolve("old")), oldBuckets);
                var fresh = S3Server.versitygw(
                        Files.createDirectory(folder.resolve("new")),
                        Files.createDirectory(folder.resolve("new-buckets")),
                        new S3Keys("otheraccess", "othersecret12345"))) {
            var from = old.url("staging");
            var to = fresh.url("target");
            var both = new ArrayList<>(options("", fresh.keys()));
            both.addAll(options("from-", old.keys()));

            // With one credential for both, one of them refuses it
            var init = List.of("init", "-r", to, "--name", "office", "--same-as", from, "--retry-for", "0");
            assertThat(run(world, init, options("", fresh.keys())).code()).isEqualTo(1);

            // With each its own, the target is made and filled
            var made = run(world, init, both);
            assertThat(made.code()).as(made.err()).isZero();
            var copied = run(world, List.of("copy", from, to), both);
            assertThat(copied.code()).as(copied.err()).isZero();
            var verified = run(world, List.of("verify", "-r", to, "--read-data"), options("", fresh.keys()));
            assertThat(verified.code()).as(verified.err()).isZero();
            var listed = run(world, List.of("list", "-r", to), options("", fresh.keys()));
            assertThat(listed.text()).contains(World.TREE);
        }
    }

    private static Invocation run(World world, List<String> command, List<String> options) {
        var words = new ArrayList<>(command);
        words.addAll(options);
        return world.run(words.toArray(String[]::new));
    }

    private List<String> options(String prefix, S3Keys keys) throws IOException {
        var id = Files.writeString(folder.resolve(prefix + "id"), keys.accessKeyId() + "\n");
        var key = Files.writeString(folder.resolve(prefix + "key"), keys.secretAccessKey() + "\n");
        return Arrays.asList(
                "--" + prefix + "s3-access-key-id-file", id.toString(), "--" + prefix + "s3-key-file", key.toString());
    }
}
