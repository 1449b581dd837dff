package org.clusterbackup.repository.store.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectInfo;
import org.clusterbackup.repository.store.ObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link ObjectStore} promises; every adapter inherits it and runs it against the real thing. */
public abstract class ObjectStoreContract extends StoreFixture {
    private static final int LARGE_BYTES = 40 << 20;
    private static final int MANY = 2000;

    @Test
    void whatWasCreatedIsReadBack() throws Exception {
        var stored = store.create("packs/ab/one", Body.of("some bytes"));

        assertThat(stored.existed()).isFalse();
        assertThat(text("packs/ab/one")).isEqualTo("some bytes");
    }

    @Test
    void anEmptyObjectIsAnObject() throws Exception {
        store.create("damaged/empty", Body.of(""));

        assertThat(store.stat("damaged/empty")).map(ObjectInfo::size).contains(0L);
        assertThat(text("damaged/empty")).isEmpty();
        assertThat(store.digests(List.of("damaged/empty"))).containsExactly(Optional.of(Sha256.of(new byte[0])));
    }

    @Test
    void aLargeObjectIsReadBackWhole() throws Exception {
        var bytes = random(LARGE_BYTES);

        store.create("packs/cd/large", Body.of(bytes));

        try (var in = store.open("packs/cd/large")) {
            assertThat(Sha256.of(in)).isEqualTo(Sha256.of(bytes));
        }
        assertThat(store.stat("packs/cd/large")).map(ObjectInfo::size).contains((long) LARGE_BYTES);
        assertThat(store.digests(List.of("packs/cd/large"))).containsExactly(Optional.of(Sha256.of(bytes)));
    }

    @Test
    void equalBytesUnderTheNameAreLeftAlone() throws Exception {
        store.create("a/b", Body.of("same"));

        assertThat(store.create("a/b", Body.of("same")).existed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SAME", "longer bytes", ""})
    void otherBytesUnderTheNameAreDamageAndStay(String other) throws Exception {
        store.create("a/b", Body.of("same"));

        assertKind(Kind.DAMAGED, () -> store.create("a/b", Body.of(other)));
        assertThat(text("a/b")).isEqualTo("same");
    }

    @Test
    void replacingPutsNewBytesUnderTheName() throws Exception {
        store.replace("lock", Body.of("first"));
        store.replace("lock", Body.of("second, longer"));
        store.replace("lock", Body.of("third"));

        assertThat(text("lock")).isEqualTo("third");
    }

    @Test
    void aReaderOfAReplacedObjectSeesOneOrTheOther() throws Exception {
        var one = "1".repeat(100_000);
        var two = "2".repeat(100_000);
        store.replace("lock", Body.of(one));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var writer = threads.submit(() -> {
                for (var i = 0; i < 20; i++) {
                    store.replace("lock", Body.of(i % 2 == 0 ? two : one));
                }
                return null;
            });
            for (var reads = 0; reads < 5 || !writer.isDone(); reads++) {
                assertThat(text("lock")).isIn(one, two);
            }
            writer.get();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4095, 99_999})
    void aRangeIsWhatWasAsked(long offset) throws Exception {
        var bytes = random(100_000);
        store.create("a/ranged", Body.of(bytes));

        try (var in = store.open("a/ranged", offset, 1000)) {
            var end = (int) Math.min(bytes.length, offset + 1000);
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, (int) offset, end));
        }
    }

    @Test
    void aRangeBehindTheEndIsEmpty() throws Exception {
        store.create("a/short", Body.of("12345"));

        try (var in = store.open("a/short", 5, 10)) {
            assertThat(in.readAllBytes()).isEmpty();
        }
    }

    @Test
    void aRangeOfNoBytesIsEmpty() throws Exception {
        store.create("a/short", Body.of("12345"));

        try (var in = store.open("a/short", 2, 0)) {
            assertThat(in.readAllBytes()).isEmpty();
        }
    }

    @Test
    void anAbsentObjectIsAbsentToEveryCall() throws Exception {
        store.create("here/one", Body.of("x"));

        assertThat(store.stat("here/none")).isEmpty();
        assertThat(store.stat("nowhere/at/all")).isEmpty();
        assertThat(store.digests(List.of("here/none", "here/one", "nowhere/at/all")))
                .containsExactly(Optional.empty(), Optional.of(Sha256.of(bytes("x"))), Optional.empty());
        assertKind(Kind.NOT_FOUND, () -> store.open("here/none").readAllBytes());
        assertKind(Kind.NOT_FOUND, () -> store.open("nowhere/at/all", 1, 2).readAllBytes());
        assertThat(names("nowhere")).isEmpty();
        assertThat(store.children("nowhere")).isEmpty();
    }

    @Test
    void aFolderIsNoObject() throws Exception {
        store.create("a/b/c", Body.of("x"));

        assertThat(store.stat("a/b")).isEmpty();
        assertThat(store.digests(List.of("a/b"))).containsExactly(Optional.empty());
        assertKind(Kind.NOT_FOUND, () -> store.open("a/b").readAllBytes());
        store.delete("a/b");
        assertThat(text("a/b/c")).isEqualTo("x");
    }

    @Test
    void deletingTwiceIsNoError() throws Exception {
        store.create("a/b", Body.of("x"));
        store.create("a/c", Body.of("y"));

        store.delete("a/b");
        store.delete("a/b");
        store.delete("never/was");

        assertThat(names("")).containsExactly("a/c");
    }

    @Test
    void aNameIsFreeAgainAfterItsDeletion() throws Exception {
        store.create("a/b", Body.of("x"));
        store.delete("a/b");

        assertThat(store.create("a/b", Body.of("other")).existed()).isFalse();
        assertThat(text("a/b")).isEqualTo("other");
    }

    @Test
    void aListHasEveryObjectBelowTheFolderAndNoOther() throws Exception {
        for (var name : List.of("packs/ab/1", "packs/ab/2", "packs/cd/3", "packs-not/4", "top")) {
            store.create(name, Body.of(name));
        }

        assertThat(names("packs")).containsExactlyInAnyOrder("packs/ab/1", "packs/ab/2", "packs/cd/3");
        assertThat(names("packs/ab")).containsExactlyInAnyOrder("packs/ab/1", "packs/ab/2");
        assertThat(names("")).hasSize(5);
    }

    @Test
    void aListKnowsSizeAndTime() throws Exception {
        store.create("a/b", Body.of("12345"));

        var infos = new ArrayList<ObjectInfo>();
        store.list("a", infos::add);

        assertThat(infos).singleElement().satisfies(info -> {
            assertThat(info.size()).isEqualTo(5);
            assertThat(info.modified())
                    .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(600));
        });
    }

    @Test
    void childrenAreTheNamesRightBelow() throws Exception {
        for (var name : List.of("artifacts/brick/gv0/x", "artifacts/host/y", "artifacts/file", "top")) {
            store.create(name, Body.of(name));
        }

        assertThat(store.children("artifacts")).containsExactlyInAnyOrder("brick/", "host/", "file");
        assertThat(store.children("")).containsExactlyInAnyOrder("artifacts/", "top");
    }

    @Test
    void thousandsOfObjectsAreListedEachOnce() throws Exception {
        var expected = new HashSet<String>();
        for (var i = 0; i < MANY; i++) {
            expected.add(String.format("packs/%02x/%06d", i % 16, i));
        }
        storeEach(expected);

        assertThat(names("packs")).hasSize(MANY).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void digestsOfManyComeInTheOrderAsked() throws Exception {
        var names = new ArrayList<String>();
        for (var i = 0; i < 150; i++) {
            names.add("packs/x/" + "long-name-".repeat(10) + i);
        }
        inParallel(names.stream()
                .map(name -> (Call) () -> store.create(name, Body.of(name)))
                .toList());

        assertThat(store.digests(names))
                .containsExactlyElementsOf(names.stream()
                        .map(name -> Optional.of(Sha256.of(bytes(name))))
                        .toList());
        assertThat(store.digests(List.of())).isEmpty();
    }

    @Test
    void writersOfTheSameNameAndBytesAllSucceedAndLeaveOneObject() throws Exception {
        var bytes = random(300_000);
        var calls = new ArrayList<Call>();
        for (var i = 0; i < 8; i++) {
            calls.add(() -> store.create("packs/ab/raced", Body.of(bytes)));
        }

        inParallel(calls);

        assertThat(names("")).containsExactly("packs/ab/raced");
        assertThat(store.digests(List.of("packs/ab/raced"))).containsExactly(Optional.of(Sha256.of(bytes)));
    }

    @Test
    void writersAndDeletersOfNeighboursDoNotDisturbEachOther() throws Exception {
        var calls = new ArrayList<Call>();
        for (var i = 0; i < 40; i++) {
            var name = "bases/source/" + i;
            calls.add(() -> {
                store.create(name, Body.of(name));
                store.delete(name);
                store.create(name, Body.of(name));
            });
        }

        inParallel(calls);

        assertThat(names("bases")).hasSize(40);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "../outside",
                "a/../../outside",
                "a/..",
                ".",
                "a/./b",
                "a//b",
                "a/",
                "a\nb",
                "a\u0000b",
                "a b",
                "a'b",
                "$(id)",
                "a;b",
                "a\\b",
                "ä",
                ".tmp-1",
                "a/.tmp-1"
            })
    void aHostileNameIsRefusedByEveryCall(String name) {
        assertKind(Kind.FAILED, () -> store.create(name, Body.of("x")));
        assertKind(Kind.FAILED, () -> store.replace(name, Body.of("x")));
        assertKind(Kind.FAILED, () -> store.open(name));
        assertKind(Kind.FAILED, () -> store.open(name, 0, 1));
        assertKind(Kind.FAILED, () -> store.stat(name));
        assertKind(Kind.FAILED, () -> store.digests(List.of(name)));
        assertKind(Kind.FAILED, () -> store.delete(name));
    }

    @Test
    void aBodyThatBreaksLeavesNothing() throws Exception {
        assertThatThrownBy(() -> store.create("packs/ab/broken", BadBodies.breaking(3 << 20, 1 << 20)))
                .isInstanceOf(BackupException.class);
        assertThatThrownBy(() -> store.replace("lock", BadBodies.breaking(100, 50)))
                .isInstanceOf(BackupException.class);

        assertThat(names("")).isEmpty();
        assertThat(store.stat("packs/ab/broken")).isEmpty();
    }

    @Test
    void aBodyShorterThanAnnouncedLeavesNothing() throws Exception {
        assertThatThrownBy(() -> store.create("packs/ab/short", BadBodies.lying(bytes("1234"), 5)))
                .isInstanceOf(BackupException.class);

        assertThat(names("")).isEmpty();
    }

    @Test
    void aBodyLongerThanAnnouncedLeavesNothing() throws Exception {
        assertThatThrownBy(() -> store.create("packs/ab/long", BadBodies.lying(bytes("123456"), 5)))
                .isInstanceOf(BackupException.class);

        assertThat(names("")).isEmpty();
    }

    @Test
    void aReaderThatStopsEarlyHarmsNoOther() throws Exception {
        store.create("packs/ab/large", Body.of(random(8 << 20)));
        for (var i = 0; i < 20; i++) {
            try (var in = store.open("packs/ab/large")) {
                assertThat(in.read()).isNotNegative();
            }
        }

        assertThat(store.stat("packs/ab/large")).isPresent();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
