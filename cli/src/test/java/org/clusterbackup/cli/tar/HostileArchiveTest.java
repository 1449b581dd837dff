package org.clusterbackup.cli.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileArchiveTest {
    private final List<String> taken = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final ByteArrayOutputStream archive = new ByteArrayOutputStream();

    private void member(char type, String name, String link, String content) {
        var body = content.getBytes(StandardCharsets.UTF_8);
        var header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", body.length));
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 157, link);
        put(header, 257, "ustar");
        put(header, 263, "00");
        var sum = 0;
        for (var b : header) {
            sum += b & 0xff;
        }
        put(header, 148, String.format("%06o", sum) + "\0 ");
        archive.writeBytes(header);
        archive.writeBytes(body);
        archive.writeBytes(new byte[(512 - body.length % 512) % 512]);
    }

    private static void put(byte[] header, int at, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static String pax(String key, String value) {
        var tail = " " + key + "=" + value + "\n";
        var length = tail.length() + 1;
        while (String.valueOf(length).length() + tail.length() != length) {
            length++;
        }
        return length + tail;
    }

    private void judge() throws IOException, BackupException, InterruptedException {
        judge(new Destination(Path.of("/nowhere"), Optional.empty()));
    }

    private void judge(Destination destination, String... patterns)
            throws IOException, BackupException, InterruptedException {
        var listener = new Unpacking.Listener() {
            @Override
            public void taken(String name) {
                taken.add(name);
            }

            @Override
            public void refused(String name, String reason) {
                refused.add(name);
            }

            @Override
            public void said(String line) {}
        };
        archive.writeBytes(new byte[1024]);
        try (var unpacking = Unpacking.dry(destination, new Selection(List.of(patterns)), false, listener)) {
            var bytes = archive.toByteArray();
            for (var at = 0; at < bytes.length; at += 100) {
                unpacking.sink().write(bytes, at, Math.min(100, bytes.length - at));
            }
            unpacking.finish();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "../up", "a/../../up", "a/..", ".."})
    void aNameThatLeadsElsewhereIsRefused(String name) throws Exception {
        member('0', name, "", "x");
        member('0', "good", "", "x");

        judge();

        assertThat(refused).containsExactly(name);
        assertThat(taken).containsExactly("good");
    }

    @Test
    void nothingIsWrittenThroughALinkOfTheArchive() throws Exception {
        member('2', "door", "/etc", "");
        member('0', "./door/passwd", "", "x");

        judge();

        assertThat(refused).containsExactly("./door/passwd");
    }

    @Test
    void aHardLinkToALinkIsOneToo() throws Exception {
        member('2', "door", "/etc", "");
        member('1', "other", "door", "");
        member('0', "other/passwd", "", "x");

        judge();

        assertThat(refused).containsExactly("other/passwd");
    }

    @Test
    void aHardLinkToTheOutsideIsRefused() throws Exception {
        member('1', "shadow", "../../etc/shadow", "");

        judge();

        assertThat(refused).containsExactly("shadow");
    }

    @Test
    void aHardLinkIsNeverMadeToAFileThatThisRestoreDoesNotBring() throws Exception {
        member('0', "outside/file", "", "x");
        member('1', "inside/link", "outside/file", "");
        member('4', "inside/device", "", "");
        member('1', "inside/other", "inside/device", "");

        judge(new Destination(Path.of("/nowhere"), Optional.empty()), "inside");

        assertThat(refused).containsExactly("inside/link", "inside/device", "inside/other");
    }

    @Test
    void aHardLinkLeadsNowhereBehindALinkOfTheDisk(@TempDir Path root) throws Exception {
        Files.createSymbolicLink(root.resolve("door"), Path.of("/etc"));
        member('1', "shadow", "door/shadow", "");

        judge(new Destination(root, Optional.of(root.resolve("aside"))));

        assertThat(refused).containsExactly("shadow");
    }

    @Test
    void anExtendedHeadersNameCountsAndNotTheShortOne() throws Exception {
        member('x', "PaxHeaders/a", "", pax("path", "../evil"));
        member('0', "harmless", "", "x");

        judge();

        assertThat(refused).containsExactly("../evil");
    }

    @Test
    void aLongNameCountsAndNotTheShortOne() throws Exception {
        member('L', "././@LongLink", "", "/absolute\0");
        member('0', "harmless", "", "x");

        judge();

        assertThat(refused).containsExactly("/absolute");
    }

    @Test
    void devicesNeedToBeAskedFor() throws Exception {
        member('4', "dev/sda", "", "");

        judge();

        assertThat(refused).containsExactly("dev/sda");
    }

    @Test
    void whatTwoProgramsCouldReadDifferentlyIsNotRead() {
        member('x', "PaxHeaders/a", "", pax("path", "one") + pax("path", "two"));
        member('0', "harmless", "", "x");

        assertThatThrownBy(this::judge).hasMessageContaining("two of path");
    }

    @Test
    void aGlobalHeaderMustNotDecideNames() {
        member('g', "PaxHeaders/a", "", pax("path", "../evil"));
        member('0', "harmless", "", "x");

        assertThatThrownBy(this::judge).hasMessageContaining("global header");
    }

    @Test
    void anArchiveWithoutEndIsDamaged() {
        member('0', "good", "", "x");
        var sink = new ByteArrayOutputStream();
        var filter = new TarFilter(sink, entry -> true);

        assertThatThrownBy(() -> {
                    filter.write(archive.toByteArray());
                    filter.finish();
                })
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED));
    }

    @Test
    void whatIsTakenIsHandedOnByteForByte() throws Exception {
        member('x', "PaxHeaders/a", "", pax("SCHILY.xattr.user.a", "b"));
        member('0', "good", "", "content");
        archive.writeBytes(new byte[1024]);
        var sink = new ByteArrayOutputStream();
        var filter = new TarFilter(sink, entry -> true);

        filter.write(archive.toByteArray());
        filter.finish();

        assertThat(sink.toByteArray()).isEqualTo(archive.toByteArray());
    }

    @Test
    void ofWhatIsLeftOutNotEvenTheHeadersAreHandedOn() throws Exception {
        member('x', "PaxHeaders/a", "", pax("path", "../evil"));
        member('0', "harmless", "", "x");
        archive.writeBytes(new byte[1024]);
        var sink = new ByteArrayOutputStream();
        var filter = new TarFilter(sink, entry -> false);

        filter.write(archive.toByteArray());
        filter.finish();

        assertThat(sink.toByteArray()).isEqualTo(new byte[1024]);
    }
}
