package org.clusterbackup.repository.store.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.ObjectStore;

/** What a store does whose disk is full or may not be written. */
public final class DiskFaults {
    private DiskFaults() {}

    /** Fills a store whose disk has less room than 64 MiB; what was there stays, and nothing half is left. */
    public static void assertFullIsSaidAndHarmless(ObjectStore store) throws BackupException {
        store.create("packs/ab/before", Body.of("kept"));

        assertKind(Kind.NO_SPACE, store, new byte[64 << 20]);

        var names = new ArrayList<String>();
        store.list("", info -> names.add(info.name()));
        store.listUnfinished(info -> names.add(info.name()));
        assertThat(names).containsExactly("packs/ab/before");
        store.create("packs/ab/after", Body.of("there is room again"));
    }

    public static void assertReadOnlyIsSaid(ObjectStore store) {
        assertKind(Kind.NOT_PERMITTED, store, new byte[10]);
    }

    private static void assertKind(Kind kind, ObjectStore store, byte[] bytes) {
        assertThatThrownBy(() -> store.create("packs/ab/refused", Body.of(bytes)))
                .isInstanceOfSatisfying(
                        BackupException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
    }
}
