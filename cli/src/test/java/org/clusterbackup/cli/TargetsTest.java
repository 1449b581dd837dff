package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TargetName;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.KeysDirectory;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.DrillResult;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.LedgerBody;
import org.clusterbackup.repository.ledger.LedgerHead;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.ledger.Scrub;
import org.clusterbackup.repository.store.StoreOptions;
import org.clusterbackup.repository.store.Stores;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetsTest {
    @TempDir
    Path folder = Path.of("unset");

    private World world = new World(Path.of("unset"));

    @BeforeEach
    void makeWorld() {
        world = World.make(folder, "none");
    }

    @Test
    void aLedgerThatWasRolledBackShowsAgainstAnotherTargets() throws Exception {
        var other = folder.resolve("vault");
        assertThat(world.run(
                                "init",
                                "-r",
                                other.toString(),
                                "--name",
                                "vault",
                                "--same-as",
                                world.target().toString())
                        .code())
                .isEqualTo(3); // nobody but the operator may sign its ledger
        var head = enter(world.target(), Map.of());
        enter(other, Map.of(new TargetName("office"), head));
        String[] verify = {"verify", "-r", world.target().toString(), "--against", other.toString()};
        var whole = world.run(verify);
        assertThat(whole.code()).as(whole.err()).isZero();

        Files.delete(world.target().resolve(head.object()));
        Files.delete(world.target().resolve(head.object() + ".sig"));

        var rolledBack = world.run(verify);
        assertThat(rolledBack.code()).as(rolledBack.err()).isEqualTo(14);
        assertThat(rolledBack.text()).contains("rolled back").contains(head.toString());
    }

    private LedgerHead enter(Path target, Map<TargetName, LedgerHead> heads) throws Exception {
        var nothing = Sha256.of(new byte[0]);
        return enter(target, new Scrub(nothing, nothing, 0, 0, List.of()), heads);
    }

    private LedgerHead enter(Path target, LedgerBody body, Map<TargetName, LedgerHead> heads) throws Exception {
        var keys = new KeysDirectory(world.keys());
        try (var store = Stores.open(target.toString(), StoreOptions.defaults())) {
            var repository = Repository.open(store, AllowedSigners.read(keys.allowedSigners()));
            return new Ledger(repository)
                    .append(body, heads, SigningKey.read(keys.signingKey("operator")))
                    .head();
        }
    }

    @Test
    void listSaysWhyTheLastRecoveryPointIsNotComplete() throws Exception {
        var etcd = new SourceName("etcd/main");
        enter(
                world.target(),
                new RecoveryPoint(
                        "nightly-1",
                        RecoveryPoint.Status.DEGRADED,
                        List.of(),
                        List.of(new RecoveryPoint.Missing(new SourceName("host/b"), "it is silent")),
                        List.of(
                                new RecoveryPoint.Note(etcd, true, "nobody can open etcd/main"),
                                new RecoveryPoint.Note(etcd, false, "etcd/main is the store of kubernetes/main"))),
                Map.of());
        var target = world.target().toString();

        assertThat(world.run("list", "-r", target).text())
                .contains(
                        "nightly-1 is degraded: host/b: it is silent\n",
                        "nightly-1 is degraded: nobody can open etcd/main\n",
                        "nightly-1: etcd/main is the store of kubernetes/main\n");
        var listed = world.run("list", "-r", target, "--output", "json").text();
        assertThat(new JsonMapper().readTree(listed).at("/recoveryPoints/0/notes/1"))
                .hasToString("{\"source\":\"etcd/main\",\"degrades\":true,\"text\":\"nobody can open etcd/main\"}");
    }

    @Test
    void listSaysWhenTheLastDrillWasAndHowItEnded() throws Exception {
        var target = world.target().toString();
        assertThat(world.run("list", "-r", target).text()).doesNotContain("drill");
        var time = Instant.parse("2026-11-22T03:00:00.500Z");
        var nothing = Sha256.of(new byte[0]);
        enter(world.target(), new DrillResult("drills/a.json", nothing, false, "nightly-1", time, true), Map.of());
        enter(
                world.target(),
                new DrillResult("drills/b.json", nothing, true, "nightly-1", time.minusSeconds(9), true),
                Map.of());
        enter(
                world.target(),
                new DrillResult("drills/c.json", nothing, true, "nightly-1", time.plusSeconds(9), false),
                Map.of());

        assertThat(world.run("list", "-r", target).text())
                .contains("last drill: of nightly-1 at 2026-11-22T03:00:00Z, failed or too slow, drills/a.json\n");
        var listed = world.run("list", "-r", target, "--output", "json").text();
        assertThat(new JsonMapper().readTree(listed).path("lastDrill"))
                .hasToString("{\"run\":\"nightly-1\",\"time\":\"2026-11-22T03:00:00.500Z\",\"ok\":false,"
                        + "\"report\":\"drills/a.json\"}");
    }

    @Test
    void anArtifactOfTheFutureIsWarnedOf() throws Exception {
        var made = world.storeBytes("a/b", ArtifactKind.STREAM, new byte[10]);
        var artifact = world.staging().resolve(made.ref().folder());
        var future = "29991231" + made.ref().artifact().value().substring(8);
        Files.move(artifact, artifact.resolveSibling(future));

        assertThat(world.run("list").err()).contains("a/b/" + future, "time in the future");
        assertThat(world.run("cat", "a/b@latest").err()).contains("time in the future");
    }
}
