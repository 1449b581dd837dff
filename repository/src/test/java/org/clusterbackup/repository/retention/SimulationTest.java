package org.clusterbackup.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.copy.Copied;
import org.clusterbackup.repository.copy.Copier;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.ledger.RecoveryPoint;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four hundred daily runs, with failures, wrong clocks, lost packs and killed prunes. */
class SimulationTest {
    private static final int DAYS = 400;
    private static final LocalDate START = LocalDate.of(2025, 1, 1);
    private static final List<String> SOURCES = List.of("host/node-a");
    private static final Duration GRACE = Duration.ofDays(7);
    private static final Map<Rule, Integer> COUNTS =
            Map.of(Rule.DAILY, 7, Rule.WEEKLY, 5, Rule.MONTHLY, 12, Rule.YEARLY, Policy.UNLIMITED);
    private static final int BLOCK = 25_000;

    private final Random random = new Random(42);
    private final RealTarget world;
    private final Copier copier;
    private final Pruning pruning;

    /** What was shipped with a time that is right, by source, in order. */
    private final Map<String, List<Made>> good = new HashMap<>();

    private final Map<ArtifactRef, Sha256> plain = new HashMap<>();
    private final Map<String, byte[]> streams = new HashMap<>();
    private final List<Manifest> hurt = new ArrayList<>();
    private int killed;

    private record Made(ArtifactRef ref, LocalDate day) {}

    SimulationTest(@TempDir Path spool) throws BackupException {
        world = new RealTarget(new MemoryStore(), spool);
        copier = world.copier();
        pruning = world.pruning(RealTarget.policy(COUNTS), GRACE);
        SOURCES.forEach(source -> streams.put(source, TestBackups.bytes(5 * BLOCK, source.length())));
    }

    @Test
    void endsWithWhatThePolicySays() throws Exception {
        // When
        for (var day = 0; day < DAYS; day++) {
            runOf(day);
        }
        assertThat(killed).isGreaterThan(5);
        var last = world.store.now();
        for (var later : List.of(Duration.ofDays(2), Duration.ofDays(2).plus(GRACE))) {
            world.at(last.plus(later));
            mend();
            pruning.run(world.keys.operator(), "test", _ -> true);
        }

        // Then what is there of good ones is what the policy says of everything that ever was
        var there = world.committed();
        var counted = new HashSet<ArtifactRef>();
        for (var source : SOURCES) {
            var made = good.getOrDefault(source, List.of());
            var expected = expected(made);
            assertThat(made.stream().map(Made::ref).filter(there::contains))
                    .containsExactlyInAnyOrderElementsOf(expected);
            counted.addAll(expected);
        }
        // And of those with wrong clocks there are no more than the policy would have of good ones
        assertThat(there.size() - counted.size()).isBetween(1, 2 * SOURCES.size() * 25);
        // And all is whole, and nothing else is kept
        assertThat(world.errors()).isEmpty();
        assertThat(world.packBytes()).isEqualTo(world.neededBytes());
        assertThat(world.store.children("condemned")).isEmpty();
        // And the oldest, the newest and any one come back
        for (var source : SOURCES) {
            var made = good.getOrDefault(source, List.of());
            var expected = List.copyOf(expected(made));
            for (var ref : List.of(
                    made.getFirst().ref(), made.getLast().ref(), expected.get(random.nextInt(expected.size())))) {
                assertThat(Sha256.of(world.restore(ref))).isEqualTo(plain.get(ref));
            }
        }
    }

    private void runOf(int number) throws BackupException {
        var day = START.plusDays(number);
        var time = day.atTime(3, 0).toInstant(ZoneOffset.UTC);
        world.at(time.plusSeconds(7200));
        var shipped = new ArrayList<Copied>();
        for (var source : SOURCES) {
            if (number > 5 && random.nextInt(10) == 0) {
                continue; // it failed
            }
            shipped.add(one(source, day, time, number > 5 && random.nextInt(30) == 0));
        }
        if (!shipped.isEmpty() && number % 5 == 0) {
            point(day, shipped);
        }
        mend();
        if (random.nextInt(20) == 0 && !shipped.isEmpty()) {
            hurt(shipped.getFirst().manifest());
        }
        if (number % 4 != 0) {
            return;
        }
        prune();
        bytesAreExplained();
    }

    private Copied one(String source, LocalDate day, Instant time, boolean wrongClock) throws BackupException {
        var stream = streams.getOrDefault(source, new byte[0]);
        var fresh = TestBackups.bytes(BLOCK, random.nextLong());
        System.arraycopy(fresh, 0, stream, random.nextInt(stream.length - BLOCK), BLOCK);
        var jump = Duration.ofDays(1 + random.nextInt(300));
        var started = !wrongClock ? time : random.nextBoolean() ? time.plus(jump) : time.minus(jump);
        var run = wrongClock ? "any" : "nightly-" + DateTimeFormatter.BASIC_ISO_DATE.format(day) + "t030000z";
        var made = world.backUp(source, run, started, stream);
        plain.put(made.ref(), Sha256.of(stream));
        var copied = ship(made);
        if (!wrongClock) {
            good.computeIfAbsent(source, _ -> new ArrayList<>()).add(new Made(made.ref(), day));
        }
        return copied;
    }

    private Copied ship(Manifest artifact) throws BackupException {
        return copier.copy(artifact.ref(), CopyListener.NONE);
    }

    private void point(LocalDate day, List<Copied> shipped) throws BackupException {
        var status = shipped.size() == SOURCES.size() ? RecoveryPoint.Status.COMPLETE : RecoveryPoint.Status.PARTIAL;
        copier.ledger()
                .append(
                        new RecoveryPoint(
                                "nightly-" + day,
                                status,
                                shipped.stream().map(Copied::standing).toList(),
                                List.of(),
                                List.of()),
                        Map.of(),
                        world.keys.shipper());
    }

    /** A pack of it is lost at the target until the next day. */
    private void hurt(Manifest artifact) throws BackupException {
        var list = PackList.read(world.store, artifact);
        world.store.delete(PackSet.path(list.name(1 + random.nextInt(list.count()))));
        hurt.add(artifact);
    }

    private void mend() throws BackupException {
        for (var artifact : hurt) {
            if (!copier.wasDeleted(artifact.ref())) {
                ship(artifact);
            }
        }
        hurt.clear();
    }

    private void prune() throws BackupException {
        if (random.nextInt(6) == 0) {
            world.store.dieAfter(random.nextInt(20));
            try {
                pruning.run(world.keys.operator(), "test", _ -> true);
            } catch (BackupException e) {
                assertThat(e).hasMessageContaining("killed");
                killed++;
            }
            world.store.live();
            world.store.delete("lock");
        } else {
            pruning.run(world.keys.operator(), "test", _ -> true);
        }
    }

    /** What is needed, and at most what fell away within two grace periods and a day. */
    private void bytesAreExplained() throws BackupException {
        if (world.store.now().getEpochSecond() % (20 * 86_400) < 86_400) {
            assertThat(world.packBytes()).isLessThan(world.neededBytes() + 16L * SOURCES.size() * 6 * BLOCK);
        }
    }

    /** The policy, said once more and otherwise, over everything that ever was there. */
    private static Set<ArtifactRef> expected(List<Made> made) {
        var expected = new HashSet<ArtifactRef>();
        newest(made, 7, Made::day, expected);
        newest(
                made,
                5,
                one -> one.day().get(IsoFields.WEEK_BASED_YEAR) * 100
                        + one.day().get(IsoFields.WEEK_OF_WEEK_BASED_YEAR),
                expected);
        newest(made, 12, one -> one.day().getYear() * 100 + one.day().getMonthValue(), expected);
        newest(made, DAYS, one -> one.day().getYear(), expected);
        expected.add(made.getFirst().ref()); // the oldest, since years are not counted
        return expected;
    }

    private static <T extends Comparable<? super T>> void newest(
            List<Made> made, int periods, Function<Made, T> period, Set<ArtifactRef> into) {
        var last = made.stream()
                .collect(Collectors.toMap(
                        period, Function.identity(), (a, b) -> b.day().isAfter(a.day()) ? b : a));
        last.entrySet().stream()
                .sorted(Map.Entry.<T, Made>comparingByKey(Comparator.reverseOrder()))
                .limit(periods)
                .forEach(one -> into.add(one.getValue().ref()));
    }
}
