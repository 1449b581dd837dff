package org.clusterbackup.cli.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
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
    private final MadeTar archive = new MadeTar();

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
        archive.end();
        try (var unpacking = Unpacking.dry(destination, new Selection(List.of(patterns)), false, listener)) {
            var bytes = archive.bytes();
            for (var at = 0; at < bytes.length; at += 100) {
                unpacking.sink().write(bytes, at, Math.min(100, bytes.length - at));
            }
            unpacking.finish();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "../up", "a/../../up", "a/..", ".."})
    void aNameThatLeadsElsewhereIsRefused(String name) throws Exception {
        archive.member('0', name, "", "x");
        archive.member('0', "good", "", "x");

        judge();

        assertThat(refused).containsExactly(name);
        assertThat(taken).containsExactly("good");
    }

    @Test
    void nothingIsWrittenThroughALinkOfTheArchive() throws Exception {
        archive.member('2', "door", "/etc", "");
        archive.member('0', "./door/passwd", "", "x");

        judge();

        assertThat(refused).containsExactly("./door/passwd");
    }

    @Test
    void aHardLinkToALinkIsOneToo() throws Exception {
        archive.member('2', "door", "/etc", "");
        archive.member('1', "other", "door", "");
        archive.member('0', "other/passwd", "", "x");

        judge();

        assertThat(refused).containsExactly("other/passwd");
    }

    @Test
    void aHardLinkToTheOutsideIsRefused() throws Exception {
        archive.member('1', "shadow", "../../etc/shadow", "");

        judge();

        assertThat(refused).containsExactly("shadow");
    }

    @Test
    void aHardLinkIsNeverMadeToAFileThatThisRestoreDoesNotBring() throws Exception {
        archive.member('0', "outside/file", "", "x");
        archive.member('1', "inside/link", "outside/file", "");
        archive.member('4', "inside/device", "", "");
        archive.member('1', "inside/other", "inside/device", "");

        judge(new Destination(Path.of("/nowhere"), Optional.empty()), "inside");

        assertThat(refused).containsExactly("inside/link", "inside/device", "inside/other");
    }

    @Test
    void aHardLinkLeadsNowhereBehindALinkOfTheDisk(@TempDir Path root) throws Exception {
        Files.createSymbolicLink(root.resolve("door"), Path.of("/etc"));
        archive.member('1', "shadow", "door/shadow", "");

        judge(new Destination(root, Optional.of(root.resolve("aside"))));

        assertThat(refused).containsExactly("shadow");
    }

    @Test
    void anExtendedHeadersNameCountsAndNotTheShortOne() throws Exception {
        archive.member('x', "PaxHeaders/a", "", MadeTar.pax("path", "../evil"));
        archive.member('0', "harmless", "", "x");

        judge();

        assertThat(refused).containsExactly("../evil");
    }

    @Test
    void aLongNameCountsAndNotTheShortOne() throws Exception {
        archive.member('L', "././@LongLink", "", "/absolute\0");
        archive.member('0', "harmless", "", "x");

        judge();

        assertThat(refused).containsExactly("/absolute");
    }

    @Test
    void devicesNeedToBeAskedFor() throws Exception {
        archive.member('4', "dev/sda", "", "");

        judge();

        assertThat(refused).containsExactly("dev/sda");
    }

    @Test
    void whatTwoProgramsCouldReadDifferentlyIsNotRead() {
        archive.member('x', "PaxHeaders/a", "", MadeTar.pax("path", "one") + MadeTar.pax("path", "two"));
        archive.member('0', "harmless", "", "x");

        assertThatThrownBy(this::judge).hasMessageContaining("two of path");
    }

    @Test
    void aGlobalHeaderMustNotDecideNames() {
        archive.member('g', "PaxHeaders/a", "", MadeTar.pax("path", "../evil"));
        archive.member('0', "harmless", "", "x");

        assertThatThrownBy(this::judge).hasMessageContaining("global header");
    }

    @Test
    void anArchiveWithoutEndIsDamaged() {
        archive.member('0', "good", "", "x");
        var sink = new ByteArrayOutputStream();
        var filter = new TarFilter(sink, entry -> true, new Told());

        assertThatThrownBy(() -> {
                    filter.write(archive.bytes());
                    filter.finish();
                })
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED));
    }

    @Test
    void whatIsTakenIsHandedOnByteForByte() throws Exception {
        archive.member('x', "PaxHeaders/a", "", MadeTar.pax("SCHILY.xattr.user.a", "b"));
        archive.member('0', "good", "", "content");
        archive.end();
        var sink = new ByteArrayOutputStream();
        var filter = new TarFilter(sink, entry -> true, new Told());

        filter.write(archive.bytes());
        filter.finish();

        assertThat(sink.toByteArray()).isEqualTo(archive.bytes());
    }

    @Test
    void ofWhatIsLeftOutNotEvenTheHeadersAreHandedOn() throws Exception {
        archive.member('x', "PaxHeaders/a", "", MadeTar.pax("path", "../evil"));
        archive.member('0', "harmless", "", "x");
        archive.end();
        var sink = new ByteArrayOutputStream();
        var filter = new TarFilter(sink, entry -> false, new Told());

        filter.write(archive.bytes());
        filter.finish();

        assertThat(sink.toByteArray()).isEqualTo(new byte[1024]);
    }
}
