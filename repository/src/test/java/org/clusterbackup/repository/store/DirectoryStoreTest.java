package org.clusterbackup.repository.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.store.testing.ObjectStoreContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest extends ObjectStoreContract {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Override
    protected ObjectStore emptyStore() throws Exception {
        return Stores.open(directory.toString(), StoreOptions.defaults());
    }

    @Test
    void whatIsFreeIsThatOfTheFileSystem() throws Exception {
        assertThat(store().freeBytes().orElseThrow())
                .isBetween(1L, directory.toFile().getTotalSpace());
    }

    @Test
    void aMissingDirectoryIsNeverMade() {
        var missing = directory.resolve("unmounted");

        assertKind(Kind.NO_REPOSITORY, () -> Stores.open(missing.toString(), StoreOptions.defaults()));
        assertThat(missing).doesNotExist();
    }

    @Test
    void aDirectoryThatVanishesIsNeverMadeAgain() throws Exception {
        var mounted = Files.createDirectory(directory.resolve("mounted"));
        try (var store = new DirectoryStore(mounted)) {
            Files.delete(mounted);

            assertKind(Kind.NO_REPOSITORY, () -> store.create("a/b", Body.of("x")));
            assertKind(Kind.NO_REPOSITORY, () -> store.open("a/b"));
            assertKind(Kind.NO_REPOSITORY, () -> store.stat("a/b"));
            assertKind(Kind.NO_REPOSITORY, () -> store.children(""));
            assertThat(mounted).doesNotExist();
        }
    }

    @Test
    void preparingMakesTheDirectory() throws Exception {
        var fresh = directory.resolve("a/b");

        Stores.prepare(fresh.toString(), StoreOptions.defaults());

        assertThat(fresh).isDirectory();
    }

    @Test
    void whatAKillLeftIsNoObjectAndIsSwept() throws Exception {
        store().create("packs/ab/one", Body.of("x"));
        Files.writeString(directory.resolve("packs/ab/.tmp-0123456789abcdef"), "half");

        assertThat(names("")).containsExactly("packs/ab/one");
        assertThat(store().children("packs/ab")).containsExactly("one");
        assertThat(unfinished()).containsExactly("packs/ab/.tmp-0123456789abcdef");

        store().deleteUnfinished("packs/ab/.tmp-0123456789abcdef");
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void sweepingTakesNothingButTheUnfinished() {
        assertKind(Kind.FAILED, () -> store().deleteUnfinished("packs/ab/one"));
    }

    @Test
    void aStrayFileOfAnyNameIsListed() throws Exception {
        Files.writeString(directory.resolve("stray file"), "x");

        assertThat(names("")).containsExactly("stray file");
    }

    @Test
    void aPipeInPlaceOfAnObjectIsAnErrorAndNeverWaitedFor() throws Exception {
        Files.createDirectories(directory.resolve("packs/ab"));
        new ProcessBuilder("mkfifo", directory.resolve("packs/ab/pipe").toString())
                .start()
                .waitFor();
        store().create("packs/ab/one", Body.of("x"));

        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
            assertKind(Kind.DAMAGED, () -> store().open("packs/ab/pipe"));
            assertThat(store().digests(List.of("packs/ab/pipe", "packs/ab/one")))
                    .containsExactly(Optional.empty(), Optional.of(Sha256.of("x".getBytes(UTF_8))));
            assertKind(Kind.DAMAGED, () -> store().create("packs/ab/pipe", Body.of("x")));
        });
    }

    @Test
    void emptiedFoldersGo() throws Exception {
        store().create("a/b/c", Body.of("x"));
        store().delete("a/b/c");

        assertThat(directory).isEmptyDirectory();
    }
}
