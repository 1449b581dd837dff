package org.clusterbackup.scheduler.staging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.clusterbackup.scheduler.staging.IndexOnlyLab.DAY;
import static org.clusterbackup.scheduler.staging.IndexOnlyLab.HUGE;
import static org.clusterbackup.scheduler.staging.IndexOnlyLab.SIBLING;
import static org.clusterbackup.scheduler.staging.IndexOnlyLab.WHOLE;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.PackSet;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.TestBackups;
import org.clusterbackup.repository.artifact.ArtifactRef;
import org.clusterbackup.repository.artifact.Artifacts;
import org.clusterbackup.repository.artifact.Manifest;
import org.clusterbackup.repository.artifact.Manifests;
import org.clusterbackup.repository.artifact.PackList;
import org.clusterbackup.repository.copy.CopyListener;
import org.clusterbackup.repository.copy.LedgerWriter;
import org.clusterbackup.repository.copy.PackMending;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Days of runs that fail, targets that are away, packs that a target loses, schedulers that are killed or know less than
 * others, and the mode switched off and on: all that is at a target stays whole, and staging holds little more than what
 * some target lacks.
 */
class IndexOnlySimulationTest {
    private static final int DAYS = 10;
    private static final int BLOCK = 70_000;
    private static final int BLOCKS = 12;

    private final IndexOnlyLab lab;
    private final Map<SourceName, byte[]> streams = new HashMap<>();
    private final Map<ArtifactRef, Sha256> plain = new HashMap<>();
    private Random random = new Random(0);
    private Copies stale;
    private int left;
    private int killed;
    private long newBytes;
    private long storedBytes;

    IndexOnlySimulationTest(@TempDir Path spool) throws Exception {
        lab = new IndexOnlyLab(spool, _ -> new MemoryStore());
        stale = lab.copies();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void whateverHappensWhatIsAtTargetsIsWholeAndStagingHoldsWhatTheyLack(long seed) throws Exception {
        random = new Random(seed);
        var mode = lab.indexOnly;
        streams.put(HUGE, TestBackups.bytes(BLOCK * BLOCKS, seed));
        streams.put(WHOLE, TestBackups.bytes(BLOCK * 2, -seed));

        for (var day = 0; day < DAYS; day++) {
            lab.pass(DAY);
            lab.indexOnly = day % 8 < 6 ? mode : _ -> false;
            backUps();
            var away = day % 5 > 2 ? "b" : "";
            ship(away);
            if (random.nextInt(2) == 0) {
                lose("a");
            }
            sweeps();
            stagingIsExplained();
            stale = lab.copies();
        }

        // Then everything that every target has is what was backed up, byte for byte
        lab.indexOnly = mode;
        backUps();
        ship("");
        for (var target : lab.declared) {
            mend(target);
            assertThat(lab.errors(lab.target(target))).as(target).isEmpty();
            for (var ref : new Artifacts(lab.target(target).store()).list()) {
                assertThat(Sha256.of(lab.restore(target, ref))).as("%s", ref).isEqualTo(plain.get(ref));
            }
        }
        // And it was no quiet time
        assertThat(left).isGreaterThan(DAYS);
        assertThat(killed).isPositive();
        assertThat(newBytes).as("deduplication goes on").isPositive().isLessThan(storedBytes * 4 / 5);
    }

    private void backUps() throws BackupException {
        for (var source : List.of(HUGE, SIBLING, WHOLE)) {
            if (random.nextInt(6) == 0) {
                continue; // it failed
            }
            // A replica holds what the other brick holds.
            var stream = streams.getOrDefault(source, streams.getOrDefault(HUGE, new byte[0]));
            if (!source.equals(SIBLING)) {
                var fresh = TestBackups.bytes(BLOCK, random.nextLong());
                System.arraycopy(fresh, 0, stream, random.nextInt(stream.length / BLOCK) * BLOCK, BLOCK);
            }
            var marks = lab.store.children("damaged").size();
            var made = source.equals(HUGE)
                    ? lab.backUp(HUGE, stream, SIBLING)
                    : source.equals(SIBLING) ? lab.backUp(SIBLING, stream, HUGE) : lab.backUp(WHOLE, stream);
            plain.put(made.ref(), Sha256.of(stream));
            if (marks == 0 && made.base().isPresent() && source.equals(HUGE)) {
                newBytes += made.newBytes();
                storedBytes += made.storedBytes();
            }
        }
    }

    /** What staging has goes to each target but the one that is away; what a target lost is mended from the other. */
    private void ship(String away) throws BackupException {
        for (var target : lab.declared) {
            if (target.equals(away)) {
                continue;
            }
            var there = new HashSet<>(new Artifacts(lab.target(target).store()).list());
            for (var artifact : lab.committed()) {
                try {
                    if (!there.contains(artifact.ref())) {
                        lab.ship(artifact, target);
                    }
                } catch (BackupException e) {
                    assertThat(e.kind()).as(e.getMessage()).isEqualTo(Kind.DAMAGED);
                    mend(target);
                    lab.ship(artifact, target);
                }
            }
            if (random.nextInt(4) > 0) {
                lab.point(target);
            }
        }
    }

    /** By the other target, as {@code copy --repair} does, and what that never had by staging. */
    private void mend(String target) throws BackupException {
        var there = IndexOnlyLab.packsAt(lab.target(target).store());
        var missing = new TreeSet<Sha256>();
        for (var ref : new Artifacts(lab.target(target).store()).list()) {
            missing.addAll(missing(target, ref, there));
        }
        var writer = new LedgerWriter(
                lab.target(target), lab.copier(target).ledger(), lab.keys.shipper(), "repair", heads -> heads);
        var other = lab.target(target.equals("a") ? "b" : "a");
        var left =
                new PackMending(other, writer).mend(missing, CopyListener.NONE).failed();
        assertThat(new PackMending(lab.staging, writer)
                        .mend(left.keySet(), CopyListener.NONE)
                        .failed())
                .isEmpty();
    }

    private List<Sha256> missing(String target, ArtifactRef ref, Set<String> there) throws BackupException {
        var store = lab.target(target).store();
        var manifests = new Manifests(store, lab.staging.description().repository(), lab.keys.signers());
        var list = PackList.read(store, manifests.read(ref).manifest());
        var missing = new ArrayList<Sha256>();
        for (var line = 1; line <= list.count(); line++) {
            if (!there.contains(list.name(line).hex())) {
                missing.add(list.name(line));
            }
        }
        return missing;
    }

    /** Some pack is gone there. */
    private void lose(String target) throws BackupException {
        var store = lab.target(target).store();
        var packs = List.copyOf(IndexOnlyLab.packsAt(store));
        if (!packs.isEmpty()) {
            store.delete(PackSet.path(packs.get(random.nextInt(packs.size()))));
        }
    }

    /** One that may be killed, one that knows yesterday's recovery points only, and one that finishes. */
    private void sweeps() throws BackupException {
        lab.store.dieAfter(random.nextInt(12));
        try {
            lab.sweep();
        } catch (BackupException e) {
            assertThat(e).hasMessageContaining("killed before");
            killed++;
        } finally {
            lab.store.live();
        }
        assertThat(lab.errors(lab.staging)).as("after a kill").isEmpty();
        lab.housekeeping().sweep(stale, Optional.empty());
        lab.sweep();
        lab.sweep();
        assertThat(lab.errors(lab.staging)).isEmpty();
    }

    /** In staging are packs that a target lacks, or of a source that stays whole, or that wait for their grace period. */
    private void stagingIsExplained() throws BackupException {
        var needed = new HashSet<String>();
        var explained = new TreeSet<>(lab.store.children("damaged"));
        for (var artifact : lab.committed()) {
            needed.addAll(lab.packs(artifact));
            var source = artifact.ref().source().value();
            if (!lab.indexOnly.test(source) || !provedEverywhere(artifact)) {
                explained.addAll(lab.packs(artifact));
            }
        }
        var there = lab.inStaging();
        there.retainAll(needed);
        left += needed.size() - there.size();
        assertThat(explained).containsAll(there);
    }

    private boolean provedEverywhere(Manifest artifact) {
        var ref = artifact.ref();
        return lab.declared.stream().allMatch(target -> lab.points.getOrDefault(target, List.of()).stream()
                .flatMap(point -> point.sources().stream())
                .anyMatch(proved -> proved.source().equals(ref.source().value())
                        && proved.artifact().equals(ref.artifact().value())));
    }
}
