package org.clusterbackup.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.clusterbackup.etcd.KeyWriter.Outcome;
import org.clusterbackup.etcd.testing.EtcdCluster;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Keys of a real etcd, read in pages and written with care. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeysIT {
    private static final int MIB = 1 << 20;

    private final EtcdCluster etcd;
    private final Member member;
    private final List<Outcome> outcomes = new ArrayList<>();

    KeysIT(@TempDir Path folder) throws Exception {
        etcd = EtcdCluster.start(folder, 1);
        member = Member.open(etcd.cluster().endpoints().getFirst(), etcd.access());
    }

    @AfterAll
    void stop() {
        member.close();
        etcd.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static KeyValue key(String key, byte[] value) {
        return KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFrom(value))
                .build();
    }

    private KeysAt at(String prefix, long revision) {
        return new KeysAt(member, KeyRange.prefix(bytes(prefix)), revision);
    }

    private List<String> values(String prefix) throws BackupException, IOException {
        var values = new ArrayList<String>();
        at(prefix, 0).each(key -> values.add(key.getValue().toStringUtf8()));
        return values;
    }

    private KeyWriter writer(boolean overwrite, boolean dryRun) {
        outcomes.clear();
        return new KeyWriter(member, overwrite, dryRun, (key, outcome, live) -> outcomes.add(outcome));
    }

    /** Small keys make pages of many, and then so many large ones come that no answer could hold them. */
    @Test
    void pagesAdaptToWhatTheyHold() throws BackupException, IOException {
        etcd.fill("/pages/a/", 250, 10);
        etcd.fill("/pages/b/", 20, MIB);
        etcd.fill("/pages/c/", 5, 0);
        var sizes = new ArrayList<Integer>();
        var keys = new ArrayList<String>();

        at("/pages/", 0).each(key -> {
            keys.add(key.getKey().toStringUtf8());
            sizes.add(key.getValue().size());
        });

        assertThat(keys).hasSize(275).isSorted().doesNotHaveDuplicates();
        assertThat(sizes.stream().mapToLong(size -> size).sum()).isEqualTo(2500 + 20L * MIB);
        assertThat(at("/pages/", 0).count()).isEqualTo(275);
    }

    @Test
    void whatHappensAfterTheRevisionIsNotSeen() throws Exception {
        etcd.put(bytes("/then"), bytes("old"));
        var then = member.keys().revision();
        etcd.put(bytes("/then"), bytes("new"));
        var values = new ArrayList<String>();

        at("/then", then).each(key -> values.add(key.getValue().toStringUtf8()));

        assertThat(values).containsExactly("old");
    }

    @Test
    void moreKeysThanATransactionTakesAreWritten() throws BackupException, IOException {
        var writer = writer(false, false);
        for (var i = 0; i < 305; i++) {
            writer.add(key("/many/" + i, new byte[10_000]));
        }
        writer.finish();

        assertThat(outcomes).hasSize(305).containsOnly(Outcome.CREATED);
        assertThat(at("/many/", 0).count()).isEqualTo(305);
    }

    @Test
    void whatSomebodyElseWroteMeanwhileStays() throws BackupException, IOException {
        var writer = writer(false, false);
        writer.add(key("/raced/a", bytes("ours")));
        writer.add(key("/raced/b", bytes("ours")));
        etcd.put(bytes("/raced/a"), bytes("theirs"));
        writer.finish();

        assertThat(outcomes).containsExactly(Outcome.REFUSED, Outcome.CREATED);
        assertThat(values("/raced/")).containsExactly("theirs", "ours");
    }

    @Test
    void onlyOverwriteReplacesAndTheSameIsLeftAlone() throws BackupException, IOException {
        etcd.put(bytes("/over/differs"), bytes("live"));
        etcd.put(bytes("/over/same"), bytes("same"));
        var before = member.keys().revision();
        var writer = writer(true, false);
        writer.add(key("/over/differs", bytes("ours")));
        writer.add(key("/over/same", bytes("same")));
        writer.finish();

        assertThat(outcomes).containsExactly(Outcome.OVERWRITTEN, Outcome.UNCHANGED);
        assertThat(values("/over/")).containsExactly("ours", "same");
        assertThat(member.keys().revision()).isEqualTo(before + 1);
    }

    @Test
    void aDryRunSaysTheSameAndWritesNothing() throws BackupException, IOException {
        etcd.put(bytes("/dry/a"), bytes("live"));
        var before = member.keys();
        var writer = writer(true, true);
        writer.add(key("/dry/a", bytes("ours")));
        writer.add(key("/dry/b", bytes("ours")));
        writer.finish();

        assertThat(outcomes).containsExactly(Outcome.OVERWRITTEN, Outcome.CREATED);
        assertThat(member.keys()).isEqualTo(before);
    }

    @Test
    void aValueThatTheClusterDoesNotTakeIsSaid() throws BackupException {
        var writer = writer(false, false);
        writer.add(key("/large", new byte[2 * MIB]));

        assertThatThrownBy(writer::finish)
                .hasMessageContaining("does not take it")
                .extracting(failure -> ((BackupException) failure).kind())
                .isEqualTo(Kind.TARGET_UNFIT);
    }
}
