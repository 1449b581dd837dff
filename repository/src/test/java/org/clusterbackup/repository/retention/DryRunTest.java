package org.clusterbackup.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.ledger.RecoveryPoint.Status;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** What a dry run lists is what the run then does, whatever happened before. */
class DryRunTest {
    private static final TestRepository KEYS = keys();
    private static final List<Rule> RULES = List.copyOf(EnumSet.allOf(Rule.class));
    private static final Instant START = Instant.parse("2026-01-01T03:00:00Z");

    private static TestRepository keys() {
        try {
            return TestRepository.withNewKeys();
        } catch (BackupException e) {
            throw new AssertionError(e);
        }
    }

    @RepeatedTest(200)
    void listsExactlyWhatTheRunThenDoes(RepetitionInfo repetition) throws Exception {
        // Given a random history: late, lost, unsigned, half committed artifacts, shared packs, earlier prunes, killed
        // ones
        var random = new Random(repetition.getCurrentRepetition());
        var target = history(random);
        var policy = policy(random);
        var grace = Duration.ofHours(1 + random.nextInt(200));

        // When
        var before = target.committed();
        var packsBefore = target.packs();
        var objects = List.copyOf(target.memory.objects.keySet());
        var pruning = target.pruning(policy, grace);
        var planned = pruning.plan();
        assertThat(target.memory.objects.keySet())
                .as("a dry run writes nothing")
                .containsExactlyElementsOf(objects);
        var condemnedBefore = target.condemned();
        var done = pruning.run(KEYS.operator(), "test", _ -> true);

        // Then
        assertThat(done).isEqualTo(planned);
        var artifactsGone = new HashSet<>(before);
        artifactsGone.removeAll(target.committed());
        var expected = new HashSet<ArtifactRef>();
        planned.removed().forEach(removed -> expected.add(removed.ref()));
        planned.swept().stream().filter(before::contains).forEach(expected::add);
        assertThat(artifactsGone).isEqualTo(expected);
        var packsGone = new TreeSet<>(packsBefore);
        packsGone.removeAll(target.packs());
        assertThat(packsGone).hasSize((int) planned.deleted().count());
        var condemned = new TreeSet<>(target.condemned());
        condemned.removeAll(condemnedBefore);
        assertThat(condemned).hasSize((int) planned.condemned().count());
        // And all that is kept has what it had
        for (var ref : target.committed()) {
            var had = new TreeSet<>(target.packsOf(ref));
            had.retainAll(packsBefore);
            assertThat(target.packs().containsAll(had)).isTrue();
            had.retainAll(target.condemned());
            assertThat(had).as("condemned and needed").isEmpty();
        }
        assertThat(pruning.plan().changesAnything()).isFalse();
    }

    private static MadeTarget history(Random random) throws BackupException {
        var target = new MadeTarget(KEYS, random.nextLong());
        var packs = new ArrayList<String>();
        var refs = new ArrayList<ArtifactRef>();
        var now = START;
        var count = 4 + random.nextInt(9);
        for (var number = 0; number < count; number++) {
            now = now.plus(Duration.ofMinutes(10 + random.nextInt(4000)));
            target.store.at(now);
            refs.add(artifact(target, random, now, packs));
            happen(target, random, refs, packs, now);
        }
        target.store.at(now.plus(Duration.ofHours(random.nextInt(400))));
        return target;
    }

    private static ArtifactRef artifact(MadeTarget target, Random random, Instant now, List<String> packs)
            throws BackupException {
        var needed = new HashSet<String>();
        var count = random.nextInt(4);
        for (var pack = 0; pack < count; pack++) {
            var old =
                    packs.isEmpty() || random.nextInt(3) == 0 ? target.pack() : packs.get(random.nextInt(packs.size()));
            needed.add(target.packs().contains(old) ? old : target.pack());
        }
        packs.addAll(needed);
        var started = random.nextInt(8) == 0
                ? now.plus(Duration.ofHours(random.nextInt(4000) - 2000))
                : now.minusSeconds(random.nextInt(3600));
        var source = "host/" + (char) ('a' + random.nextInt(2));
        return target.artifact(source, Optional.empty(), started, needed);
    }

    private static void happen(
            MadeTarget target, Random random, List<ArtifactRef> refs, List<String> packs, Instant now)
            throws BackupException {
        var some = refs.get(random.nextInt(refs.size()));
        switch (random.nextInt(12)) {
            case 0 -> target.memory.objects.remove(some.object(ArtifactRef.SIGNATURE));
            case 1 -> target.memory.objects.remove(some.object(ArtifactRef.MANIFEST));
            case 2 -> {
                if (!packs.isEmpty()) {
                    target.memory.objects.remove(PackSet.path(packs.get(random.nextInt(packs.size()))));
                }
            }
            case 3 -> packs.add(target.pack());
            case 4 -> {
                if (target.committed().contains(some)) {
                    target.point(
                            "run-" + now.getEpochSecond(),
                            random.nextBoolean() ? Status.COMPLETE : Status.PARTIAL,
                            some);
                }
            }
            case 5, 6 -> target.prune(policy(random), Duration.ofHours(1 + random.nextInt(100)));
            case 7 -> {
                target.store.dieAfter(random.nextInt(20));
                try {
                    target.prune(policy(random), Duration.ofHours(1 + random.nextInt(100)));
                } catch (BackupException e) {
                    assertThat(e).hasMessageContaining("killed");
                }
                target.store.live();
                target.memory.objects.remove("lock");
            }
            default -> {}
        }
    }

    private static Policy policy(Random random) {
        var counts = new EnumMap<Rule, Integer>(Rule.class);
        for (var rule = 0; rule < 2; rule++) {
            counts.put(RULES.get(random.nextInt(RULES.size())), 1 + random.nextInt(4));
        }
        return new Policy(counts, Optional.empty());
    }
}
