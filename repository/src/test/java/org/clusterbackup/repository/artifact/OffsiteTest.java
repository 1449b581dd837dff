package org.clusterbackup.repository.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.clusterbackup.repository.Sha256;
import org.clusterbackup.repository.SourceName;
import org.clusterbackup.repository.store.Body;
import org.clusterbackup.repository.store.testing.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of packs that left staging: nobody signed them. */
class OffsiteTest {
    private static final String LIST = "offsite/brick/gv0/0/a/20261122T010203004Z-0a0b0c0d";
    private static final String A = "a".repeat(64);
    private static final String B = "b".repeat(64);
    private static final String TIME = "2026-11-22T01:02:03Z";

    private final MemoryStore store = new MemoryStore();

    private List<String> read(String text) throws BackupException {
        store.replace(LIST, Body.of(text));
        var read = new ArrayList<String>();
        Offsite.read(store, LIST, (name, stored) -> read.add(name + " " + stored));
        return read;
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        // Given a list of packs of which two left
        var table = new PackTable();
        for (var i = 0; i < 3; i++) {
            table.stored(table.open(), Sha256.of(new byte[] {(byte) i}), i);
        }
        var packs = table.list();
        var lines = new BitSet();
        lines.set(1);
        lines.set(3);
        var time = Instant.parse("2026-11-22T01:02:00.999Z");

        // When
        var body = Offsite.body(packs, lines, _ -> time);

        // Then
        assertThat(bytes(body)).hasSize((int) body.length()).isEqualTo(bytes(body));
        assertThat(Sha256.of(bytes(body))).isEqualTo(body.sha256());
        assertThat(read(new String(bytes(body), UTF_8)))
                .containsExactly(packs.name(1) + " 2026-11-22T01:02:00Z", packs.name(3) + " 2026-11-22T01:02:00Z");
    }

    private static byte[] bytes(Body body) throws IOException {
        try (InputStream in = body.open()) {
            return in.readAllBytes();
        }
    }

    @Test
    void anEmptyListSaysNothing() throws Exception {
        assertThat(read("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<a> <t>", // cut
                "<a>\n",
                "<a> 2026-11-22T01:02:03.5Z\n",
                "<a> 2026-99-22T01:02:03Z\n",
                "<a> <t>\r\n",
                "\n<a> <t>\n",
                "<b> <t>\n<a> <t>\n",
                "<a> <t>\n<a> <t>\n",
                "../../../../../etc/passwd\n",
                "\u0000"
            })
    void whatIsNoSortedListIsDamaged(String text) {
        assertThatThrownBy(() -> read(text.replace("<a>", A).replace("<b>", B).replace("<t>", TIME)))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                .hasMessageContaining(LIST);
    }

    @Test
    void aDamagedListDoesNotHideTheOthers() throws Exception {
        store.replace(LIST, Body.of("x".repeat(1 << 20)));
        store.replace(LIST.replace("/a/", "/b/"), Body.of(B + " " + TIME + "\n"));
        store.replace(LIST.replace("gv0", "gv1"), Body.of(A + " " + TIME + "\n"));

        assertThat(Offsite.beside(store, new SourceName("brick/gv0/0/a")).contains(B))
                .isTrue();
        assertThat(Offsite.beside(store, new SourceName("brick/gv0/0/a")).count())
                .isOne();
        var all = new ArrayList<String>();
        Offsite.forEach(store, (name, _) -> all.add(name));
        assertThat(all).containsExactlyInAnyOrder(A, B);
    }
}
