package org.clusterbackup.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.RecoveryPoint.Status;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.junit.jupiter.api.Test;

/** A prune that is killed before any of its changes leaves nothing half, and the next one does the rest. */
class PruneKillTest {
    private static final Duration GRACE = Duration.ofDays(2);
    private static final Instant START = Instant.parse("2026-01-01T03:00:00Z");
    private static final Policy POLICY = MadeTarget.daily(2);

    private final TestRepository keys = TestRepository.withNewKeys();

    PruneKillTest() throws BackupException {}

    /** Packs that are due, artifacts to be removed, what an earlier kill left, and packs to be condemned. */
    private MadeTarget prepared() throws BackupException {
        var target = new MadeTarget(keys, 7);
        var refs = new ArrayList<ArtifactRef>();
        for (var day = 0; day < 6; day++) {
            refs.add(target.artifactAt("host/a", START.plus(Duration.ofDays(day))));
        }
        target.store.at(START.plus(Duration.ofDays(6)));
        target.prune(MadeTarget.daily(4), GRACE);
        var half = target.artifactAt("host/b", START.plus(Duration.ofDays(6)));
        target.memory.objects.remove(half.object(ArtifactRef.MANIFEST));
        // One that was condemned is needed again, and nobody struck it.
        target.artifact(
                "host/a",
                Optional.empty(),
                target.store.now(),
                List.of(target.condemned().iterator().next()));
        target.point("last", Status.COMPLETE, refs.getLast());
        target.store.at(START.plus(Duration.ofDays(9)));
        return target;
    }

    @Test
    void atEveryStep() throws Exception {
        var whole = prepared();
        whole.store.dieAfter(Integer.MAX_VALUE);
        var plan = whole.prune(POLICY, GRACE);
        var changes = whole.store.changes();
        assertThat(plan.removed()).isNotEmpty();
        assertThat(plan.swept()).isNotEmpty();
        assertThat(plan.condemned().count()).isPositive();
        assertThat(plan.deleted().count()).isPositive();

        for (var step = 0; step < changes; step++) {
            // Given a prune that was killed there
            var target = prepared();
            target.store.dieAfter(step);
            if (step < changes - 1) {
                assertThatThrownBy(() -> target.prune(POLICY, GRACE)).hasMessageContaining("killed");
            } else {
                target.prune(POLICY, GRACE); // its lock alone is left
            }
            target.store.live();

            // Then whatever is not entered as deleted is whole
            var chain = new Ledger(target.repository).read();
            chain.requireWhole();
            var deleted = chain.deleted().stream()
                    .map(gone -> new ArtifactRef(gone.source(), gone.artifact()))
                    .toList();
            for (var kept : plan.kept()) {
                assertThat(deleted).doesNotContain(kept.candidate().ref());
            }
            for (var ref : target.committed()) {
                if (!deleted.contains(ref)) {
                    assertThat(target.packs()).as("step %s", step).containsAll(target.packsOf(ref));
                }
            }

            // And the next one ends where the whole one did
            target.memory.objects.remove("lock");
            target.prune(POLICY, GRACE);
            assertThat(target.committed()).as("step %s", step).isEqualTo(whole.committed());
            assertThat(target.packs()).isEqualTo(whole.packs());
            assertThat(target.condemned()).isEqualTo(whole.condemned());
            assertThat(folders(target.memory)).isEqualTo(folders(whole.memory));
        }
    }

    private static List<String> folders(MemoryStore store) {
        return store.objects.keySet().stream()
                .filter(name -> name.startsWith("artifacts/"))
                .toList();
    }
}
