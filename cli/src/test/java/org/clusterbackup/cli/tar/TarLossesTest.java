package org.clusterbackup.cli.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.clusterbackup.repository.BackupException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What comes through of an archive of three members, of which parts are lost. */
class TarLossesTest {
    private final MadeTar archive = new MadeTar();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Told told = new Told();
    private final List<String> taken = new ArrayList<>();

    /** Blocks: a 0-2, b: x 3, its records 4, its header 5, content 6; c 7-8; the end 9-10. */
    private void three() {
        archive.member('0', "a", "", "a".repeat(1000));
        archive.member('x', "PaxHeaders/b", "", MadeTar.pax("path", "the/name/of/b"));
        archive.member('0', "b", "", "bbb");
        archive.member('0', "c", "", "ccc");
        archive.end();
    }

    private void passWithout(int from, int to) throws BackupException, IOException {
        var filter = new TarFilter(
                out,
                entry -> {
                    taken.add(entry.name());
                    return true;
                },
                told);
        var bytes = archive.bytes();
        filter.write(bytes, 0, from);
        // In two pieces, as packs that lie side by side come.
        filter.lost((to - from) / 2);
        filter.lost((to - from) - (to - from) / 2);
        filter.write(bytes, to, bytes.length - to);
        filter.finish();
    }

    @Test
    void withinAFileZerosStandForWhatIsLost() throws Exception {
        three();

        passWithout(700, 1512);

        var expected = archive.bytes();
        Arrays.fill(expected, 700, 1512, (byte) 0);
        assertThat(out.toByteArray()).isEqualTo(expected);
        assertThat(told.damaged).contains("a").containsOnly("a");
        assertThat(told.gaps).isEmpty();
    }

    /** Lost from one byte up to another, both within the archive, and what is taken and told then. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // of the first header a byte: a's content is passed over, b's records begin it anew
                "0    | 1    | the/name/of/b,c |       |",
                // of b's records: b's own header does not say its name
                "1536 | 1537 | a,c             |       | b",
                "2048 | 2500 | a,c             |       | b",
                "1536 | 2560 | a,c             |       | b",
                // of b's header: nothing before c tells that its records are not lost
                "2560 | 2561 | a,c             |       |",
                // up to the first byte of c
                "2560 | 3584 | a               |       | c",
                "1000 | 2560 | a               | a     | b",
                // the end
                "4608 | 5632 | a,the/name/of/b,c |     |",
                "4100 | 5632 | a,the/name/of/b,c | c   |"
            })
    void aHeaderThatIsHitGoesWithItsMember(int from, int to, String saved, String damaged, String missing)
            throws Exception {
        three();

        passWithout(from, to);

        var names = new ArrayList<>(List.of(saved.split(",")));
        if (from == 1000) {
            names.add("c");
        }
        assertThat(taken).isEqualTo(names);
        assertThat(told.damaged).hasToString(damaged == null ? "[]" : told.damaged.toString());
        assertThat(String.join(",", told.damaged)).contains(damaged == null ? "" : damaged);
        assertThat(told.missing).containsExactlyElementsOf(missing == null ? List.of() : List.of(missing));
        assertThat(told.gaps).isNotEmpty();
    }

    @Test
    void ofNothingNothingIsSaved() {
        three();

        assertThatThrownBy(() -> passWithout(0, archive.bytes().length))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("no member");
    }

    /** Without its map nobody knows where the bytes of a sparse file belong. */
    @Test
    void aSparseFileWithoutItsMapIsLost() throws Exception {
        archive.member(
                'x', "PaxHeaders/s", "", MadeTar.pax("GNU.sparse.major", "1") + MadeTar.pax("GNU.sparse.minor", "0"));
        archive.member('0', "s", "", "1\n0\n512\n" + "\0".repeat(504) + "s".repeat(512));
        archive.member('0', "c", "", "ccc");
        archive.end();

        passWithout(1540, 1600);

        assertThat(told.missing).containsExactly("s");
        assertThat(told.gaps).isEmpty();
        var rest = new MadeTar();
        rest.member('0', "c", "", "ccc");
        rest.end();
        assertThat(out.toByteArray()).isEqualTo(rest.bytes());
    }

    @Test
    void bytesAreNoHeaderBecauseTheyAddUp() throws Exception {
        archive.member('0', "a", "", "a");
        archive.member('Z', "z", "", "");
        archive.member('0', "b", "", "b");
        archive.end();

        passWithout(0, 512);

        assertThat(taken).containsExactly("b");
    }
}
