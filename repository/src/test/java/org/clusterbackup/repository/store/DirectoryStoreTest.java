package org.clusterbackup.repository.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.clusterbackup.repository.Kind;
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
    void emptiedFoldersGo() throws Exception {
        store().create("a/b/c", Body.of("x"));
        store().delete("a/b/c");

        assertThat(directory).isEmptyDirectory();
    }
}
