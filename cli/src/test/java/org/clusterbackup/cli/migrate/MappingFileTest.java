package org.clusterbackup.cli.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clusterbackup.gluster.migrate.NewNames;
import org.clusterbackup.repository.BackupException;
import org.clusterbackup.repository.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingFileTest {
    private final Path file;

    MappingFileTest(@TempDir Path folder) {
        file = folder.resolve("names.yaml");
    }

    private NewNames read(String text) throws IOException, BackupException {
        Files.writeString(file, text);
        return MappingFile.read(file);
    }

    @Test
    void hostsAddressesAndPathsAreRead() throws IOException, BackupException {
        var names = read("""
                # the new data centre
                hosts:
                  node1: gluster-a.example.net
                  10.0.0.1: "10.1.0.1"
                  fd00::1: fd00::2
                brickPaths:
                  /media/brick0: /data/brick0
                  node1:/media/brick1: /data/of-one
                """);

        assertThat(names.host("node1")).isEqualTo("gluster-a.example.net");
        assertThat(names.host("10.0.0.1")).isEqualTo("10.1.0.1");
        assertThat(names.host("fd00::1")).isEqualTo("fd00::2");
        assertThat(names.path("node2", "/media/brick0/b")).isEqualTo("/data/brick0/b");
        assertThat(names.path("node1", "/media/brick1/b")).isEqualTo("/data/of-one/b");
        assertThat(names.path("node2", "/media/brick1/b")).isEqualTo("/media/brick1/b");
    }

    @Test
    void namesThatYamlTakesForNumbersAreNames() throws IOException, BackupException {
        assertThat(read("hosts: {17: 18, 1.50: true}").host("1.50")).isEqualTo("true");
        assertThat(read("{\"hosts\": {\"a\": \"b\"}}").host("a")).isEqualTo("b");
    }

    @Test
    void swapsAndChainsAreRead() throws IOException, BackupException {
        assertThat(read("hosts: {a: b, b: a}").rewrite("a b")).isEqualTo("b a");
        assertThat(read("hosts: {a: b, b: c}").rewrite("a b")).isEqualTo("b c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\"|:1: expected hosts and brickPaths",
                "[]|:1: expected hosts and brickPaths",
                "hosts|:1: expected hosts and brickPaths",
                "\"hosts: {}\"|:1: it renames nothing",
                "\"hosts: {a: b}\nhost: {}\"|:2: 'host' is not known; known are hosts and brickPaths",
                "\"hosts: {a: b}\nhosts: {c: d}\"|:2: 'hosts' is there twice",
                "\"hosts:\n  a: b\n  a: c\"|:3: 'a' is there twice",
                "\"hosts:\n  a: c\n  b: c\"|:3: both 'a' and 'b' would be c",
                "\"hosts:\n  a: a\"|:2: 'a' keeps its name: leave it out",
                "\"hosts:\n  a:\"|:2: 'a' has no new name",
                "\"hosts:\n  a: [b]\"|:2: 'a' has no new name",
                "\"hosts:\n  a: &x b\n  c: *x\"|:3: 'c' has no new name",
                "\"hosts:\n- a\"|:2: 'hosts' is not a list of 'old: new'",
                "\"hosts:\n  a b: c\"|:2: 'a b' is no host name or address",
                "\"hosts:\n  a: -b\"|:2: '-b' is no host name or address",
                "\"hosts:\n  a: /b\"|:2: '/b' is no host name or address",
                "\"brickPaths:\n  a: /b\"|:2: 'a' is no plain absolute path below /",
                "\"brickPaths:\n  /a: b\"|:2: 'b' is no plain absolute path below /",
                "\"brickPaths:\n  /a/: /b\"|:2: '/a/' is no plain absolute path below /",
                "\"brickPaths:\n  /a/../c: /b\"|:2: '/a/../c' is no plain absolute path below /",
                "\"brickPaths:\n  /: /b\"|:2: '/' is no plain absolute path below /",
                "\"brickPaths:\n  /a: \"\"/b\\nc\"\"\"|is no plain absolute path below /",
                "\"brickPaths:\n  /a: /c\n  /b: /c\"|:3: both '/a' and '/b' would be /c",
                "\"hosts: {a: b}\nbrickPaths:\n  b:/x: /y\"|:3: 'b' is a new name; a brick path goes by the old one",
                "\"hosts: {a: b\"|not YAML",
                "\"hosts: {a: b}\n---\nhosts: {c: d}\"|there is more than one document",
            })
    void whatIsWrongIsSaidWithItsLine(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.kind()).isEqualTo(Kind.USAGE))
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void hugeAndMissingFilesAreRefused() {
        assertThatThrownBy(() -> read("#".repeat((1 << 20) + 1))).hasMessageContaining("longer than 1048576 bytes");
        assertThatThrownBy(() -> MappingFile.read(file.resolveSibling("none"))).hasMessageContaining("cannot be read");
    }
}
