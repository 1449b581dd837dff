package org.clusterbackup.cli.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of xfsdump made by hand; those of the real one are read by {@code FilesIT}. */
class DumpNamesTest {
    @TempDir
    Path spool = Path.of("unset");

    private final MadeDump made = new MadeDump();

    private Set<String> names(InputStream dump, String base) throws BackupException, IOException {
        var found = new TreeSet<String>();
        try (var names = DumpNames.read(dump, spool)) {
            names.below(base, (path, inode, folder) -> found.add(path + (folder ? "/" : "")));
        }
        return found;
    }

    @AfterEach
    void noWorkingFileIsLeft() {
        assertThat(spool).isEmptyDirectory();
    }

    @Test
    void pathsComeOutWhateverOrderFoldersHave() throws Exception {
        // Given folders before their parents, attributes between them, and an empty one
        made.header(3, 1, 2).folder(7, 20, "f", 21, "\u00ff\n", 22, "a\\b");
        made.file(8, 7, MadeDump.FOLDER).attribute(40, 1).attribute(16, 2);
        made.folder(5, 7, "deep", 6, "empty", 23, "g").folder(6);
        made.folder(1, 5, "brick", 30, "beside").file(0, 20, MadeDump.FILE);

        // When, then
        assertThat(names(made.dump(), "brick"))
                .containsExactly("deep/", "deep/a\\b", "deep/f", "deep/\u00ff\n", "empty/", "g");
        assertThat(names(made.dump(), "")).contains("brick/", "brick/g", "beside");
        assertThat(names(made.dump(), "other")).isEmpty();
    }

    @Test
    void theRestOfTheDumpIsNotRead() throws Exception {
        made.header(3, 1, 1).folder(1, 2, "a").file(0, 2, MadeDump.FILE);
        var failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("read too far");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return read();
            }
        };

        assertThat(names(new SequenceInputStream(made.dump(), failing), "")).containsExactly("a");
    }

    @Test
    void foldersThatHangNowhereOrInACircleHaveNoPath() throws Exception {
        made.header(3, 1, 1).folder(1, 2, "a").folder(2).folder(8, 9, "lost").folder(9, 8, "round", 10, "f");
        made.folder(11, 12, "orphan").file(4, 0, 0);

        assertThat(names(made.dump(), "")).containsExactly("a/");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 4000, 4096, 20000, 20480, 20700, 20760, 20800})
    void aStreamThatIsCutIsNotTakenForWhole(int length) throws Exception {
        made.header(3, 1, 1).folder(1, 2, "a", 3, "b", 4, "c").file(4, 0, 0);
        var cut = Arrays.copyOf(made.bytes(), length);

        assertThatThrownBy(() -> names(new ByteArrayInputStream(cut), "")).isInstanceOf(EOFException.class);
    }

    @Test
    void whatIsNoDumpIsSaidToBeNone() throws Exception {
        made.header(2, 1, 1).file(4, 0, 0);

        refused(made.dump(), Kind.UNKNOWN_FORMAT);
        refused(new ByteArrayInputStream(new byte[5000]), Kind.UNKNOWN_FORMAT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "", "/", ".", ".."})
    void aNameThatIsNoneIsDamage(String name) throws Exception {
        made.header(3, 1, 1).folder(1, 2, name);

        refused(made.dump(), Kind.DAMAGED);
    }

    @Test
    void sizesThatLeadNowhereAreDamage() throws Exception {
        made.header(3, 1, -1);
        refused(made.dump(), Kind.DAMAGED);

        made.clear().header(3, 1, 1).file(8, 1, MadeDump.FOLDER).attribute(15, 0);
        refused(made.dump(), Kind.DAMAGED);

        made.clear().header(3, 1, 1).file(0, 1, MadeDump.FOLDER);
        made.raw(new byte[64]);
        refused(made.dump(), Kind.DAMAGED);
    }

    private void refused(InputStream dump, Kind kind) {
        assertThatThrownBy(() -> names(dump, ""))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
