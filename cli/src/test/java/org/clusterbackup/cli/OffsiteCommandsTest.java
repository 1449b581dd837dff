package org.clusterbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.Offsite;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.crypto.AllowedSigners;
import org.clusterbackup.repository.crypto.KeysDirectory;
import org.clusterbackup.repository.store.DirectoryStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a staging that keeps only the index of what every target has. */
class OffsiteCommandsTest {
    @TempDir
    Path folder = Path.of("unset");

    private World world = new World(Path.of("unset"));

    @BeforeEach
    void aTreeOfWhichThePacksLeftStaging() throws Exception {
        world = World.make(folder, "age");
        world.storeTree();
        world.enterRecoveryPoint("run");
        var signers = AllowedSigners.read(new KeysDirectory(world.keys()).allowedSigners());
        try (var store = new DirectoryStore(world.staging())) {
            var repository = Repository.open(store, signers).description().repository();
            var ref = new Artifacts(store).list().getFirst();
            var packs = PackList.read(
                    store, new Manifests(store, repository, signers).read(ref).manifest());
            var all = new BitSet();
            all.set(1, packs.count() + 1);
            store.create(Offsite.list(ref), Offsite.body(packs, all, _ -> Instant.now()));
            for (var line = 1; line <= packs.count(); line++) {
                store.delete(PackSet.path(packs.name(line)));
            }
        }
    }

    @Test
    void readingItThereSaysWhereTheBytesAre() {
        var into = folder.resolve("into").toString();
        for (var command : List.of(
                List.of("cat", World.TREE + "@latest"),
                List.of("restore", "tree", World.TREE + "@latest", "--to", into))) {
            var run = world.run(command.toArray(String[]::new));

            assertThat(run.code()).as(run.err()).isEqualTo(1);
            assertThat(run.err()).contains("off-site", "when every target had them", "read it from a target");
            assertThat(run.err()).doesNotContain("damaged", "missing");
            assertThat(run.text()).isEmpty();
        }
        assertThat(Path.of(into)).doesNotExist();
        var there = world.run("cat", "-r", world.target().toString(), World.TREE + "@latest");
        assertThat(there.code()).as(there.err()).isZero();
    }

    @Test
    void verifyAndTheKeysCheckFindNothingWrong() {
        var verified = world.run("verify", "--read-data");
        assertThat(verified.code()).as(verified.err()).isZero();
        assertThat(verified.text() + verified.err()).contains("off-site");

        var checked = world.run("keys", "check");
        assertThat(checked.code()).as(checked.err()).isZero();
    }

    @Test
    void aTargetThatHasItIsCopiedToAndANewOneIsToldWhoHasIt() {
        var staging = world.staging().toString();
        var known = world.run("copy", staging, world.target().toString());
        assertThat(known.code()).as(known.err()).isZero();

        var later = folder.resolve("later").toString();
        var made = world.run("init", "-r", later, "--name", "later", "--same-as", staging);
        assertThat(made.code()).as(made.err()).isEqualTo(3); // nobody but the operator may sign its ledger
        var run = world.run("copy", staging, later);
        assertThat(run.code()).as(run.err()).isEqualTo(1);
        assertThat(run.err()).contains("keeps only the index");

        var filled = world.run("copy", world.target().toString(), later);
        assertThat(filled.code()).as(filled.err()).isZero();
        assertThat(Files.isDirectory(world.staging().resolve("damaged"))).isFalse();
    }
}
