package org.clusterbackup.repository.retention;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.crypto.SigningKey;
import org.clusterbackup.repository.ledger.Ledger;
import org.clusterbackup.repository.ledger.RecoveryPoint.Status;
import org.clusterbackup.repository.ledger.Scrub;
import org.clusterbackup.repository.store.Body;
import org.junit.jupiter.api.Test;

/** What is wrong at a target: it is told, counts for nothing, and nothing goes because of it. */
class PruneDoubtsTest {
    private static final Duration GRACE = Duration.ofDays(7);
    private static final Policy TWO_DAYS = MadeTarget.daily(2);
    private static final Instant START = Instant.parse("2026-01-01T03:00:00Z");

    private final TestRepository keys = TestRepository.withNewKeys();
    private final MadeTarget target = new MadeTarget(keys, 1);

    PruneDoubtsTest() throws BackupException {}

    private static Instant day(int number) {
        return START.plus(Duration.ofDays(number));
    }

    @Test
    void whatCannotBeBelievedStaysWithItsPacksAndCountsForNothing() throws Exception {
        // Given newest artifacts without a signature, of a stranger's, flipped, of another place
        var days = target.days(START, 4);
        var bad = new TreeSet<ArtifactRef>();
        for (var number = 4; number < 8; number++) {
            bad.add(target.artifactAt("host/a", day(number)));
        }
        var each = List.copyOf(bad);
        target.memory.objects.remove(each.get(0).object(ArtifactRef.SIGNATURE));
        var manifest = target.memory.bytes(each.get(1).object(ArtifactRef.MANIFEST));
        target.memory.objects.put(
                each.get(1).object(ArtifactRef.SIGNATURE),
                SigningKey.generate("stranger").sign(manifest).getBytes(UTF_8));
        target.memory.bytes(each.get(2).object(ArtifactRef.MANIFEST))[40] ^= 1;
        for (var file : List.of(ArtifactRef.MANIFEST, ArtifactRef.SIGNATURE)) {
            target.memory.objects.put(
                    each.get(3).object(file), target.memory.bytes(days.get(3).object(file)));
        }

        var plan = target.prune(TWO_DAYS, GRACE);

        assertThat(plan.bad()).extracting(PrunePlan.Bad::ref).containsExactlyElementsOf(each);
        assertThat(plan.bad()).noneMatch(PrunePlan.Bad::stops);
        assertThat(target.committed())
                .containsAll(bad)
                .contains(days.get(2), days.get(3))
                .hasSize(6);
        for (var ref : each) {
            assertThat(target.condemned()).doesNotContainAnyElementsOf(target.packsOf(ref));
        }
    }

    @Test
    void anArtifactWithAMissingOrDamagedPackCountsForNoGoodOne() throws Exception {
        // Given three days of which the last two are not whole
        var days = target.days(START, 3);
        target.memory.objects.remove(
                PackSet.path(target.packsOf(days.get(1)).iterator().next()));
        var found = target.packsOf(days.get(2)).iterator().next();
        new Ledger(target.repository)
                .append(
                        new Scrub(new Sha256(found), new Sha256(found), 1, 1, List.of(new Sha256(found))),
                        Map.of(),
                        keys.shipper());

        var plan = target.prune(MadeTarget.daily(1), GRACE);

        assertThat(target.committed()).containsExactlyInAnyOrder(days.get(0), days.get(2));
        assertThat(plan.bad()).extracting(PrunePlan.Bad::ref).containsExactly(days.get(1), days.get(2));
        assertThat(plan.bad().getLast().message()).contains("found damaged");
    }

    @Test
    void withoutTheListOfWhatABadArtifactNeedsNoPackGoes() throws Exception {
        var days = target.days(START, 4);
        target.memory.objects.remove(days.get(3).object(ArtifactRef.PACKS));

        var plan = target.prune(TWO_DAYS, GRACE);

        assertThat(plan.bad()).anyMatch(PrunePlan.Bad::stops);
        assertThat(plan.condemned().count()).isZero();
        assertThat(target.condemned()).isEmpty();
    }

    @Test
    void namesInAForgedListCostNoMemory() throws Exception {
        var days = target.days(START, 2);
        target.memory.objects.remove(days.get(1).object(ArtifactRef.SIGNATURE));
        var names = new StringBuilder("garbage " + "a".repeat(100_000) + "\n");
        for (var number = 0; number < 1000; number++) {
            names.append(Sha256.of(new byte[] {(byte) number, (byte) (number >> 8)}))
                    .append(" 5\n");
        }
        target.store.replace(days.get(1).object(ArtifactRef.PACKS), Body.of(names.toString()));

        var needed = new NeededPacks(target.store, target.packs()::contains);

        assertThat(needed.needNamesIn(days.get(1).object(ArtifactRef.PACKS))).isTrue();
        assertThat(needed.contains(Sha256.of(new byte[] {1, 0}).hex())).isFalse();
        assertThat(target.prune(TWO_DAYS, GRACE).bad()).hasSize(1);
    }

    @Test
    void whatAKillLeftOfACommitIsSweptWhenItIsOld() throws Exception {
        var kept = target.days(START, 1);
        var half = target.artifactAt("host/a", day(2));
        target.memory.objects.remove(half.object(ArtifactRef.MANIFEST));
        var named = target.artifactAt("host/a", day(2).plusSeconds(1));
        target.point("one", Status.COMPLETE, named);
        target.memory.objects.remove(named.object(ArtifactRef.MANIFEST));
        target.store.at(day(2).plusSeconds(3600));
        assertThat(target.prune(TWO_DAYS, GRACE).swept()).isEmpty();
        target.store.at(day(4));

        var plan = target.prune(TWO_DAYS, GRACE);

        assertThat(plan.swept()).containsExactly(half);
        assertThat(target.memory.objects.keySet()).noneMatch(name -> name.startsWith(half.folder() + "/"));
        assertThat(plan.bad()).extracting(PrunePlan.Bad::ref).containsExactly(named);
        assertThat(target.memory.objects).containsKey(named.object(ArtifactRef.PACKS));
        assertThat(target.committed()).containsExactlyElementsOf(kept);
    }

    @Test
    void garbageInAListOfCondemnedPacksIsPassedOver() throws Exception {
        target.days(START, 1);
        var kept = target.packs();
        target.store.create(
                "condemned/20260101T000000000Z-00000000",
                Body.of("../../etc/passwd\n\n" + kept.iterator().next() + " \nrepository.json\n"
                        + kept.iterator().next()));
        target.store.create("condemned/folder/file", Body.of("x"));
        target.store.at(day(1).plus(GRACE));

        target.prune(TWO_DAYS, GRACE);

        assertThat(target.packs()).isEqualTo(kept);
        assertThat(target.store.stat("repository.json")).isPresent();
    }
}
