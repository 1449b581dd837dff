package org.clusterbackup.repository.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Repository;
import org.clusterbackup.repository.TestRepository;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.Stored;
import org.clusterbackup.repository.store.testing.ForwardingStore;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.clusterbackup.repository.verify.Finding;
import org.clusterbackup.repository.verify.Verifier;
import org.clusterbackup.repository.verify.VerifyOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KitsTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    private final TestRepository keys = TestRepository.withNewKeys();
    private final MemoryStore store = new MemoryStore();
    private final Path spool;
    private final Repository target;
    private final Kits kits;

    KitsTest(@TempDir Path spool) throws BackupException {
        this.spool = spool;
        target = keys.target(store, keys.staging(new MemoryStore()), "tape");
        kits = new Kits(target);
    }

    private static SortedMap<String, Body> files(String tool) {
        return new TreeMap<>(Map.of("tool.tar.gz", Body.of(tool), "manifests.yaml", Body.of("kind: Namespace\n")));
    }

    private List<Finding> verify(MemoryStore of) throws BackupException {
        var findings = new ArrayList<Finding>();
        var unused = Verifier.verify(
                of,
                keys.signers(),
                VerifyOptions.structure(spool).withReadData(VerifyOptions.Share.all()),
                findings::add);
        return findings;
    }

    private List<String> kitObjects() {
        return store.objects.keySet().stream()
                .filter(name -> name.startsWith("kit/"))
                .toList();
    }

    @Test
    void aKitLiesThereWithASignedListThatNamesItsFiles() throws Exception {
        var kit = kits.put(files("tool"), NOW, keys.operator());

        assertThat(kit.id().time()).isEqualTo(NOW);
        assertThat(kitObjects()).hasSize(4).allMatch(name -> name.startsWith("kit/" + kit.id() + "/"));
        assertThat(kits.newest(_ -> {})).contains(kit);
        assertThat(new String(store.bytes(Kit.object(kit.id(), Kit.LIST)), StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "# clusterbackup kit 1 repository "
                                + target.description().repository() + " kit " + kit.id(),
                        kit.files().get("manifests.yaml") + "  manifests.yaml",
                        kit.files().get("tool.tar.gz") + "  tool.tar.gz");
        assertThat(verify(store)).isEmpty();
    }

    @Test
    void everyByteOfAKitThatIsFlippedCutOrGoneIsFoundByName() throws Exception {
        kits.put(files("tool"), NOW, keys.operator());

        for (var name : kitObjects()) {
            var whole = store.bytes(name);
            for (var at = 0; at < whole.length; at++) {
                var flipped = whole.clone();
                flipped[at] ^= (byte) (1 << (at % 8));
                assertFound(name, flipped, "byte " + at);
            }
            assertFound(name, Arrays.copyOf(whole, whole.length - 1), "cut");
            assertFound(name, Arrays.copyOf(whole, whole.length + 1), "longer");
        }
        for (var name : kitObjects()) {
            var altered = store.copy();
            altered.objects.remove(name);
            assertThat(verify(altered)).as("%s gone", name).anyMatch(finding -> finding.message()
                    .contains(name.endsWith("/" + Kit.LIST) ? "is unfinished" : name));
        }
    }

    private void assertFound(String name, byte[] bytes, String how) throws BackupException {
        var altered = store.copy();
        altered.objects.put(name, bytes);
        assertThat(verify(altered))
                .as("%s %s", name, how)
                .anyMatch(finding ->
                        finding.kind().isPresent() && finding.message().contains(name));
    }

    @Test
    void whatNobodySignedIsFoundBesideWhatIs() throws Exception {
        var kit = kits.put(files("tool"), NOW, keys.operator());
        for (var name : List.of(
                Kit.object(kit.id(), "more"),
                Kit.object(kit.id(), ".hidden"),
                Kit.object(kit.id(), "SHA256SUMS.txt"),
                Kit.object(kit.id(), "folder/file"),
                "kit/file",
                "kit/other/file")) {
            assertFound(name, "bad".getBytes(StandardCharsets.UTF_8), "added");
        }
    }

    @Test
    void killedAtAnyStepThereIsNoKitAndTheNextOneIsWhole() throws Exception {
        for (var step = 0; step < 4; step++) {
            var before = kitObjects().size();
            var left = step;
            var dying = new ForwardingStore(store) {
                private int created;

                @Override
                public Stored create(String name, Body body) throws BackupException {
                    if (created++ == left) {
                        throw new BackupException(Kind.UNREACHABLE, "killed");
                    }
                    return super.create(name, body);
                }
            };
            var there = new Kits(Repository.open(dying, keys.signers()));

            assertThatThrownBy(() -> there.put(files("tool"), NOW, keys.operator()))
                    .hasMessageContaining("killed");

            assertThat(kitObjects()).hasSize(before + step);
            assertThat(kits.newest(_ -> {})).isEmpty();
            assertThat(verify(store)).noneMatch(finding -> finding.kind().isPresent());
        }

        // What was left is swept when it is old, and not before
        var kit = kits.put(files("tool"), NOW.plusSeconds(60), keys.operator());
        assertThat(kits.removeBefore(kit.id(), NOW.plus(Duration.ofHours(23)))).isEmpty();
        assertThat(kits.removeBefore(kit.id(), NOW.plus(Duration.ofHours(25)))).hasSize(3);
        assertThat(kitObjects()).hasSize(4);
        assertThat(verify(store)).isEmpty();
    }

    @Test
    void aNewerOneTakesThePlaceOfTheOlder() throws Exception {
        var old = kits.put(files("old"), NOW, keys.operator());
        var kit = kits.put(files("new"), NOW, keys.operator());

        assertThat(kit.id()).as("though no time has passed").isGreaterThan(old.id());
        assertThat(kits.removeBefore(kit.id(), NOW)).containsExactly(old.id());

        assertThat(kitObjects()).hasSize(4);
        assertThat(kits.newest(_ -> {})).contains(kit);
    }

    @Test
    void whoMayNotSignPutsNothingThere() {
        for (var stranger : List.of(keys.shipper(), keys.agent())) {
            assertThatThrownBy(() -> kits.put(files("tool"), NOW, stranger))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SIGNATURE));
        }
        assertThat(kitObjects()).isEmpty();
    }

    @Test
    void anOldKitUnderANewNameIsNoneAndTheOneBeforeCounts() throws Exception {
        var kit = kits.put(files("tool"), NOW, keys.operator());
        var later = "99991231T235959999Z-00000000";
        for (var name : kitObjects()) {
            store.objects.put(name.replace(kit.id().value(), later), store.bytes(name));
        }
        var told = new ArrayList<BackupException>();

        assertThat(kits.newest(told::add)).contains(kit);

        assertThat(told).extracting(BackupException::kind).containsExactly(Kind.DAMAGED);
        assertThat(kits.put(files("next"), NOW.plusSeconds(1), keys.operator())
                        .id()
                        .time())
                .isEqualTo(NOW.plusSeconds(1));
        assertThat(verify(store)).anyMatch(finding -> finding.message().contains("belongs to kit " + kit.id()));
    }

    @Test
    void stagingHasNone() throws Exception {
        var staging = keys.staging(new MemoryStore());

        assertThatThrownBy(() -> new Kits(staging))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.USAGE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "DIGEST  tool\n",
                "HEAD",
                "HEADDIGEST tool\n",
                "HEADDIGEST  ../tool\n",
                "HEADDIGEST  a/b\n",
                "HEADDIGEST  .tool\n",
                "HEADDIGEST  SHA256SUMS\n",
                "HEADDIGEST  tool\nDIGEST  tool\n",
                "HEADshort  tool\n",
                "HEADDIGEST  tool\n\n",
                "HEAD# more\nDIGEST  tool\n",
            })
    void whatIsNoListIsRefused(String text) {
        var head = "# clusterbackup kit 1 repository " + "0".repeat(32) + " kit 20261128T120000000Z-0a0b0c0d\n";
        var bytes = text.replace("HEAD", head).replace("DIGEST", "a".repeat(64)).getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Kit.parse("x", bytes))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED));
    }

    @Test
    void aListOfALaterFormatIsSaidToBeOne() {
        var bytes = "# clusterbackup kit 2 something else\n".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Kit.parse("x", bytes))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNKNOWN_FORMAT));
    }
}
