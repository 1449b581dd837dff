package org.clusterbackup.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.clusterbackup.repository.AtOnce;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.JsonLayout;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.artifact.ArtifactKind;
import org.clusterbackup.repository.artifact.ArtifactRequest;
import org.clusterbackup.repository.artifact.ArtifactWriter;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Origin;
import org.clusterbackup.repository.artifact.PlainSource;
import org.clusterbackup.repository.artifact.Tool;
import org.clusterbackup.repository.artifact.WriteListener;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.DirectCommit;
import org.clusterbackup.repository.ledger.Deletion;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever writes while something is deleted loses nothing: each race is played step by step. */
class PruneRacesTest {
    private static final String SOURCE = "host/a";
    private static final Duration GRACE = Duration.ofDays(7);
    private static final Instant START = Instant.parse("2026-01-01T03:00:00Z");
    private static final Policy ONE = MadeTarget.daily(1);
    private static final byte[] OLD = TestBackups.bytes(600_000, 1);
    private static final byte[] NEW = TestBackups.bytes(600_000, 2);

    private final RealTarget world;

    PruneRacesTest(@TempDir Path spool) throws BackupException {
        world = new RealTarget(new MemoryStore(), spool);
    }

    private interface Step {
        void go() throws BackupException;
    }

    private static CopyListener meanwhile(Step step) {
        return new CopyListener() {
            @Override
            public void planned(long bytes, long present) {
                try {
                    step.go();
                } catch (BackupException e) {
                    throw new AssertionError(e);
                }
            }
        };
    }

    private void day(int number) {
        world.at(START.plus(Duration.ofDays(number)));
    }

    private Manifest backUp(int day, byte[] plain) throws BackupException {
        day(day);
        return world.backUp(SOURCE, "run-" + day, START.plus(Duration.ofDays(day)), plain);
    }

    /** Day 0 has the old bytes, day 1 others; day 2 has the old ones again, in packs of the same names, not shipped yet. */
    private Manifest backAgain() throws BackupException {
        world.ship(backUp(0, OLD));
        world.ship(backUp(1, NEW));
        return backUp(2, OLD);
    }

    private void requireWhole(Manifest artifact, byte[] plain) throws BackupException {
        assertThat(world.errors()).isEmpty();
        assertThat(world.restore(artifact.ref())).isEqualTo(plain);
    }

    @Test
    void aCopyBringsBackAPackThatIsCondemned() throws Exception {
        var again = backAgain();
        assertThat(world.prune(ONE, GRACE).condemned().count()).isPositive();

        world.ship(again);

        day(30);
        world.prune(ONE, GRACE);
        requireWhole(again, OLD);
    }

    @Test
    void packsAreCondemnedWhileACopyCountsOnThem() throws Exception {
        var again = backAgain();

        world.copier().copy(again.ref(), meanwhile(() -> world.prune(ONE, GRACE)));

        day(30);
        world.prune(ONE, GRACE);
        requireWhole(again, OLD);
    }

    @Test
    void packsAreDeletedWhileACopyCountsOnThem() throws Exception {
        // Given a copy that lists the target while packs of its artifact are condemned, and takes longer than their
        // grace
        var again = backAgain();
        world.prune(ONE, GRACE);

        world.copier().copy(again.ref(), meanwhile(() -> {
            day(10);
            assertThat(world.prune(ONE, GRACE).deleted().count()).isPositive();
        }));

        requireWhole(again, OLD);
    }

    @Test
    void theArtifactThatIsCopiedIsDeletedMeanwhile() throws Exception {
        // Given a copy that mends an artifact which the policy lets go
        var old = backUp(0, OLD);
        world.ship(old);
        world.ship(backUp(1, NEW));

        world.copier().copy(old.ref(), meanwhile(() -> world.prune(ONE, GRACE)));
        world.prune(ONE, GRACE);

        // Then it does not stay, and is no damage
        assertThat(world.committed()).doesNotContain(old.ref()).hasSize(1);
        assertThat(world.errors()).isEmpty();
    }

    private ArtifactWriter direct(byte[] plain, MemoryStore indexes) throws BackupException {
        var request = new ArtifactRequest(
                new SourceName("host/direct"),
                Optional.empty(),
                Instant.now().plusSeconds(3600),
                List.of(),
                plain.length);
        var writer = world.writers(world.store, indexes).begin(request, WriteListener.NONE);
        writer.write(PlainSource.unproved(new ByteArrayInputStream(plain)));
        return writer;
    }

    private Manifest commit(ArtifactWriter writer) throws BackupException {
        var origin = new Origin(
                ArtifactKind.STREAM, Optional.empty(), new Tool("test", "1"), List.of(), JsonLayout.object());
        return DirectCommit.commit(world.target, writer, origin, "store");
    }

    @Test
    void aDumpIsCommittedWhileItsPacksAreCondemned() throws Exception {
        // Given a dump straight to the target that has stored its packs and takes more than a day
        day(0);
        try (var writer = direct(OLD, new MemoryStore())) {
            day(2);
            assertThat(world.prune(ONE, GRACE).condemned().count()).isPositive();

            var artifact = commit(writer);

            day(30);
            world.prune(ONE, GRACE);
            requireWhole(artifact, OLD);
        }
    }

    @Test
    void aDumpWhosePacksWereDeletedIsNotCommitted() throws Exception {
        day(0);
        try (var writer = direct(OLD, new MemoryStore())) {
            day(2);
            world.prune(ONE, GRACE);
            day(10);
            assertThat(world.prune(ONE, GRACE).deleted().count()).isPositive();

            assertThatThrownBy(() -> commit(writer))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FAILED));
        }
        assertThat(world.committed()).isEmpty();
        assertThat(world.errors()).isEmpty();
    }

    @Test
    void severalPrunesAtOnceDoWhatOneWould() throws Exception {
        for (var number = 0; number < 4; number++) {
            world.ship(backUp(number, TestBackups.bytes(300_000, number)));
        }
        day(5);

        Callable<?> prune = () -> world.prune(ONE, GRACE);
        AtOnce.run(List.of(prune, prune, prune));

        assertThat(world.committed()).hasSize(1);
        assertThat(new Ledger(world.target).read().bodies(Deletion.class)).hasSize(1);
        assertThat(world.store.children("condemned")).hasSize(1);
        assertThat(world.errors()).isEmpty();
    }
}
