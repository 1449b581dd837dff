package org.clusterbackup.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.RepositoryPlan;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.Encryption;
import org.clusterbackup.repository.crypto.KeysDirectory;
import org.clusterbackup.repository.crypto.Recipients;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.store.StoreOptions;
import org.clusterbackup.repository.store.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCommandTest {
    private static final int AVERAGE = 256 << 10;

    @TempDir
    Path folder = Path.of("unset");

    @Test
    void anArtifactIsCutAsItsRepositoryWasMade() throws Exception {
        var file = Files.writeString(folder.resolve("file"), "text");
        var keys = folder.resolve("keys");
        var repository = Files.createDirectory(folder.resolve("repository"));
        initialize(KeysDirectory.generate(keys, List.of()), repository);

        var stored = Invocation.in(
                Map.of("CLUSTERBACKUP_KEYS", keys.toString(), "CLUSTERBACKUP_REPOSITORY", repository.toString()),
                "store",
                "--source",
                "a/b",
                file.toString());

        assertThat(stored.code()).as(stored.err()).isZero();
        var manifest = repository.resolve("artifacts/a/b/" + stored.text().strip() + "/manifest.json");
        assertThat(manifest).content().contains("\"chunkAverageBytes\": " + AVERAGE);
    }

    @Test
    void straightToATargetTheLockIsFreeWhileTheStreamIsReadAndNoWorkFileIsWritten() throws Exception {
        var world = World.make(folder, "age");
        var indexes = folder.resolve("indexes").toString();
        var target = world.target().toString();
        String[] store = {"store", "-r", target, "--index-dir", indexes, "--source", World.TREE, "--stdin"};
        var seen = new HashSet<String>();
        var stdin = System.in;
        try {
            for (var time = 0; time < 2; time++) {
                System.setIn(new ByteArrayInputStream(new byte[1000]) {
                    @Override
                    public synchronized int read(byte[] bytes, int offset, int length) {
                        seen.addAll(
                                List.of(requireNonNull(world.target().toFile().list())));
                        return super.read(bytes, offset, length);
                    }
                });
                var stored = world.run(store);
                assertThat(stored.code()).as(stored.err()).isZero();
            }
        } finally {
            System.setIn(stdin);
        }

        assertThat(seen).contains("repository.json", "artifacts").doesNotContain("lock", "bases");
        var verified = world.run("verify", "-r", target, "--read-data");
        assertThat(verified.code()).as(verified.err()).isZero();
    }

    private static void initialize(KeysDirectory keys, Path repository) throws Exception {
        var plan = RepositoryPlan.fresh(
                        Optional.empty(),
                        Encryption.AGE,
                        Recipients.read(keys.recipients()).values())
                .withChunking(AVERAGE, 1 << 20);
        try (var store = Stores.open(repository.toString(), StoreOptions.defaults())) {
            Repository.init(
                    store,
                    plan,
                    SigningKey.read(keys.signingKey("operator")),
                    AllowedSigners.read(keys.allowedSigners()));
        }
    }
}
