package org.clusterbackup.repository.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.testing.FaultyStore;
import org.clusterbackup.repository.store.testing.FaultyStore.Fault;
import org.clusterbackup.repository.store.testing.FaultyStore.Method;
import org.clusterbackup.repository.store.testing.ObjectStoreContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store that tests of others trust: without a script it is a store like any. */
class FaultyStoreTest extends ObjectStoreContract {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Override
    protected ObjectStore emptyStore() throws Exception {
        return new FaultyStore(new DirectoryStore(directory));
    }

    private FaultyStore faulty() {
        return (FaultyStore) store();
    }

    @Test
    void aFaultBeforeTheCallLeavesItUndone() throws Exception {
        faulty().next(Method.CREATE, new Fault.Before(Kind.UNREACHABLE));

        assertKind(Kind.UNREACHABLE, () -> store().create("a/b", Body.of("x")));
        assertThat(store().stat("a/b")).isEmpty();
    }

    @Test
    void aFaultAfterTheCallLeavesItDone() throws Exception {
        faulty().next(Method.CREATE, new Fault.After(Kind.UNREACHABLE));

        assertKind(Kind.UNREACHABLE, () -> store().create("a/b", Body.of("x")));
        assertThat(store().stat("a/b")).isPresent();
    }

    @Test
    void readsLieTruncateAndBreak() throws Exception {
        store().create("a/b", Body.of("0123456789"));
        faulty().next(Method.OPEN, new Fault.Flip(3), new Fault.Truncate(4), new Fault.Break(4));

        assertThat(text("a/b")).isEqualTo("0122456789");
        assertThat(text("a/b")).isEqualTo("0123");
        assertThatThrownBy(() -> text("a/b")).isInstanceOf(IOException.class);
        assertThat(text("a/b")).isEqualTo("0123456789");
    }

    @Test
    void aRuleHoldsForItsNamesUntilHealed() throws Exception {
        faulty().always(Method.CREATE, name -> name.startsWith("packs/"), new Fault.Before(Kind.NO_SPACE));

        store().create("a/b", Body.of("x"));
        assertKind(Kind.NO_SPACE, () -> store().create("packs/x", Body.of("x")));
        faulty().heal();
        store().create("packs/x", Body.of("x"));
        assertThat(faulty().calls()).containsExactly("CREATE a/b", "CREATE packs/x", "CREATE packs/x");
    }
}
