package org.clusterbackup.cli.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
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
    private static final int FOLDER = 0x41ED;
    private static final int FILE = 0x81A4;

    @TempDir
    Path spool = Path.of("unset");

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    private DumpNamesTest header(int format, long root, long hunks) throws IOException {
        out.writeBytes("xFSdump0");
        out.writeInt(format);
        out.write(new byte[3928 - 12]);
        out.writeLong(root);
        out.write(new byte[4016 - 3936]);
        out.writeLong(hunks);
        out.write(new byte[4096 - 4024]);
        out.write(new byte[(int) Math.min(4, Math.max(0, hunks)) * 16384]);
        return this;
    }

    private DumpNamesTest file(int flags, long inode, int mode) throws IOException {
        out.writeLong(0);
        out.writeInt(flags);
        out.writeInt(0);
        out.writeLong(inode);
        out.writeInt(mode);
        out.write(new byte[256 - 28]);
        return this;
    }

    private DumpNamesTest entry(long inode, String name) throws IOException {
        var raw = name.getBytes(StandardCharsets.ISO_8859_1);
        var size = inode == 0 ? 24 : (18 + raw.length + 1 + 7) / 8 * 8;
        out.writeLong(inode);
        out.writeLong(0);
        out.writeShort(size);
        out.write(Arrays.copyOf(raw, size - 18));
        return this;
    }

    private DumpNamesTest folder(long inode, Object... entries) throws IOException {
        file(0, inode, FOLDER);
        for (var i = 0; i < entries.length; i += 2) {
            entry((Integer) entries[i], (String) entries[i + 1]);
        }
        return entry(0, "");
    }

    private DumpNamesTest attribute(int size, int flags) throws IOException {
        out.writeInt(size);
        out.writeShort(16);
        out.writeShort(flags);
        out.writeLong(0);
        out.write(new byte[Math.max(0, Math.min(size, 100) - 16)]);
        return this;
    }

    private InputStream dump() {
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    private Set<String> names(InputStream dump, String base) throws BackupException, IOException {
        var found = new TreeSet<String>();
        try (var names = DumpNames.read(dump, spool)) {
            names.below(base, (path, folder) -> found.add(path + (folder ? "/" : "")));
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
        header(3, 1, 2).folder(7, 20, "f", 21, "\u00ff\n", 22, "a\\b");
        file(8, 7, FOLDER).attribute(40, 1).attribute(16, 2);
        folder(5, 7, "deep", 6, "empty", 23, "g").folder(6);
        folder(1, 5, "brick", 30, "beside").file(0, 20, FILE);

        // When, then
        assertThat(names(dump(), "brick")).containsExactly("deep/", "deep/a\\b", "deep/f", "deep/\u00ff\n", "empty/", "g");
        assertThat(names(dump(), "")).contains("brick/", "brick/g", "beside");
        assertThat(names(dump(), "other")).isEmpty();
    }

    @Test
    void whatIsGlustersOwnIsNotTold() throws Exception {
        header(3, 1, 1).folder(1, 2, ".glusterfs", 3, ".trashcan", 4, ".glusterfs-anonymous-inode-5", 5, ".glusterfsx");
        folder(2, 6, "a").folder(3).folder(4).file(4, 0, 0);

        assertThat(names(dump(), "")).containsExactly(".glusterfsx");
    }

    @Test
    void theRestOfTheDumpIsNotRead() throws Exception {
        header(3, 1, 1).folder(1, 2, "a").file(0, 2, FILE);
        var failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("read too far");
            }
        };

        assertThat(names(new SequenceInputStream(dump(), failing), "")).containsExactly("a");
    }

    @Test
    void foldersThatHangNowhereOrInACircleHaveNoPath() throws Exception {
        header(3, 1, 1).folder(1, 2, "a").folder(2).folder(8, 9, "lost").folder(9, 8, "round", 10, "f");
        folder(11, 12, "orphan").file(4, 0, 0);

        assertThat(names(dump(), "")).containsExactly("a/");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 4000, 4096, 20000, 20480, 20700, 20760, 20800})
    void aStreamThatIsCutIsNotTakenForWhole(int length) throws Exception {
        header(3, 1, 1).folder(1, 2, "a", 3, "b", 4, "c").file(4, 0, 0);
        var cut = Arrays.copyOf(bytes.toByteArray(), length);

        assertThatThrownBy(() -> names(new ByteArrayInputStream(cut), "")).isInstanceOf(EOFException.class);
    }

    @Test
    void whatIsNoDumpIsSaidToBeNone() throws Exception {
        header(2, 1, 1).file(4, 0, 0);

        refused(dump(), Kind.UNKNOWN_FORMAT);
        refused(new ByteArrayInputStream(new byte[5000]), Kind.UNKNOWN_FORMAT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "", "/", ".", ".."})
    void aNameThatIsNoneIsDamage(String name) throws Exception {
        header(3, 1, 1).folder(1, 2, name);

        refused(dump(), Kind.DAMAGED);
    }

    @Test
    void sizesThatLeadNowhereAreDamage() throws Exception {
        header(3, 1, -1);
        refused(dump(), Kind.DAMAGED);

        bytes.reset();
        header(3, 1, 1).file(8, 1, FOLDER).attribute(15, 0);
        refused(dump(), Kind.DAMAGED);

        bytes.reset();
        header(3, 1, 1).file(0, 1, FOLDER);
        out.write(new byte[64]);
        refused(dump(), Kind.DAMAGED);
    }

    private void refused(InputStream dump, Kind kind) {
        assertThatThrownBy(() -> names(dump, ""))
                .isInstanceOfSatisfying(BackupException.class, e -> assertThat(e.kind())
                        .isEqualTo(kind));
    }
}
