package org.clusterbackup.kubernetes.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.clusterbackup.kubernetes.api.ResourceType;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectArchiveTest {
    private static final String GOOD = "namespaces/shop/core/v1/configmaps/a.json";
    private static final String OBJECT =
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"namespace\":\"shop\",\"uid\":\"u\"}}";

    private static String index(int objects) {
        return "{\"format\":1,\"objects\":" + objects
                + ",\"resources\":[{\"group\":\"\",\"version\":\"v1\",\"resource\":\"configmaps\",\"kind\":\"ConfigMap\",\"namespaced\":true}]}";
    }

    private final Path folder;

    ObjectArchiveTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Path tar(String path, byte type, String link, String index) throws IOException {
        var file = folder.resolve("a.tar");
        try (var tar = new TarArchiveOutputStream(Files.newOutputStream(file))) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            var entry = new TarArchiveEntry(path, type, true);
            entry.setLinkName(link);
            add(tar, entry, type == TarConstants.LF_NORMAL ? OBJECT : "");
            if (!index.isEmpty()) {
                add(tar, new TarArchiveEntry(ObjectArchive.INDEX), index);
            }
        }
        return file;
    }

    private static void add(TarArchiveOutputStream tar, TarArchiveEntry entry, String content) throws IOException {
        var bytes = content.getBytes(StandardCharsets.UTF_8);
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    @Test
    void listsObjectsWithTheirTrueNames() throws Exception {
        try (var archive = ObjectArchive.open(tar(GOOD, TarConstants.LF_NORMAL, "", index(1)))) {
            assertThat(archive.objects()).singleElement().hasToString("configmaps/a in shop");
            assertThat(archive.read(archive.objects().getFirst()).path("kind").asText())
                    .isEqualTo("ConfigMap");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/passwd",
                "../namespaces/shop/core/v1/configmaps/a.json",
                "namespaces/shop/../shop/core/v1/configmaps/a.json",
                "namespaces/other/core/v1/configmaps/a.json",
                "namespaces/shop/core/v1/configmaps/b.json",
                "cluster/core/v1/configmaps/a.json",
                "namespaces/shop/core/v1/secrets/a.json",
                "extra"
            })
    void aMemberThatLiesElsewhereIsRefusedByName(String path) throws Exception {
        var file = tar(path, TarConstants.LF_NORMAL, "", index(1));

        assertThatThrownBy(() -> ObjectArchive.open(file))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
                .hasMessageContaining("member " + path + " is refused");
    }

    @ParameterizedTest
    @ValueSource(
            bytes = {
                TarConstants.LF_SYMLINK,
                TarConstants.LF_LINK,
                TarConstants.LF_CHR,
                TarConstants.LF_BLK,
                TarConstants.LF_FIFO,
                TarConstants.LF_DIR
            })
    void whatIsNoFileIsRefusedByName(byte type) throws Exception {
        var file = tar(GOOD, type, "/etc/passwd", index(1));

        assertThatThrownBy(() -> ObjectArchive.open(file))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("member " + GOOD)
                .hasMessageContaining("is refused");
    }

    @Test
    void anArchiveThatIsCutAnywhereIsNone() throws Exception {
        var whole = Files.readAllBytes(tar(GOOD, TarConstants.LF_NORMAL, "", index(1)));
        var file = folder.resolve("cut.tar");
        // The index ends with the fourth block of 512 bytes; what follows is filling.
        for (var length = 0; length < 3 * 512 + index(1).length(); length += 97) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> ObjectArchive.open(file))
                    .as("%d bytes", length)
                    .isInstanceOf(BackupException.class);
        }
    }

    @Test
    void anObjectTooFewIsSaid() throws Exception {
        var file = tar(GOOD, TarConstants.LF_NORMAL, "", index(2));

        assertThatThrownBy(() -> ObjectArchive.open(file)).hasMessageContaining("1 objects, index.json says 2");
    }

    @Test
    void everyNameMakesAFileName() {
        var type = new ResourceType("", "v1", "things", "Thing", false);
        var names = Map.of(
                "system:node-proxier", "system:node-proxier",
                "a b%/é", "a%20b%25%2F%C3%A9",
                "..x", "%2E.x",
                "~x", "%7Ex");
        names.forEach((name, segment) ->
                assertThat(ObjectPath.of(type, "", name)).isEqualTo("cluster/core/v1/things/" + segment + ".json"));
        assertThat(ObjectPath.of(type, "", "x".repeat(253) + "a"))
                .isNotEqualTo(ObjectPath.of(type, "", "x".repeat(253) + "b"))
                .hasSizeLessThan(260);
    }
}
